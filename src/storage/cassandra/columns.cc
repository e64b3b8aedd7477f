#include "storage/cassandra/columns.h"

#include "storage/errc.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace helenus::storage::cassandra {
namespace {

constexpr std::array<std::string_view, 3> parallelism_names = {"sequential", "parallel",
                                                               "dc_parallel"};
constexpr std::array<std::string_view, 3> cluster_state_names = {"UNKNOWN", "ACTIVE",
                                                                 "UNREACHABLE"};
constexpr std::size_t shown_bytes = 80;

/// The length of the UTF-8 sequence that `text` begins with; 0 when it begins with none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t index = 1; index < length; ++index) {
    if ((byte(index) & 0xC0U) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  if (first == 0xE0 && second < 0xA0) return 0;  // overlong
  if (first == 0xED && second > 0x9F) return 0;  // a surrogate
  if (first == 0xF0 && second < 0x90) return 0;  // overlong
  if (first == 0xF4 && second > 0x8F) return 0;  // above U+10FFFF
  return length;
}

/// Whether this sequence is one of U+EE80 to U+EEFF, which stand for bytes.
bool stands_for_a_byte(std::string_view sequence) {
  return sequence.size() == 3 && sequence[0] == '\xEE' &&
         (sequence[1] == '\xBA' || sequence[1] == '\xBB');
}

void append_byte(std::string& text, unsigned char byte) {
  // U+EE00 + byte, for bytes from 0x80 on.
  text += '\xEE';
  text += static_cast<char>(0xB8 + (byte >> 6));
  text += static_cast<char>(0x80 + (byte & 0x3F));
}

std::optional<model::token> token_from(const boost::json::value& value) {
  std::string text;
  if (value.is_int64()) text = std::to_string(value.get_int64());
  if (value.is_uint64()) text = std::to_string(value.get_uint64());
  if (value.is_string()) text = std::string_view(value.get_string());
  for (const auto kind : {model::partitioner::murmur3, model::partitioner::random}) {
    if (auto token = model::token::parse(text, kind)) return *token;
  }
  return std::nullopt;
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// The same JSON with numbers as strings: tokens of RandomPartitioner are larger than any number
/// that a parser keeps exactly.
std::string quote_numbers(std::string_view json) {
  std::string quoted;
  bool in_text = false;
  for (std::size_t place = 0; place < json.size(); ++place) {
    const char letter = json[place];
    if (letter == '"') in_text = !in_text;  // no text here has a '\' in it
    if (in_text || (letter != '-' && !is_digit(letter))) {
      quoted += letter;
      continue;
    }
    auto end = place + 1;
    while (end < json.size() && is_digit(json[end])) ++end;
    quoted += '"' + std::string(json.substr(place, end - place)) + '"';
    place = end - 1;
  }
  return quoted;
}

boost::json::value parsed(std::string_view json, boost::system::error_code& failure) {
  boost::json::parse_options options;
  options.max_depth = 4;
  return boost::json::parse(json, failure, {}, options);
}

}  // namespace

error damaged(std::string_view what, std::string_view found) {
  return {storage::errc::corrupt, "'" + std::string(found.substr(0, shown_bytes)) +
                                      "' stands where " + std::string(what) + " belongs"};
}

std::string text_column(std::string_view text) {
  std::string column;
  column.reserve(text.size());
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0 || stands_for_a_byte(text.substr(0, length))) {
      append_byte(column, static_cast<unsigned char>(text.front()));
      text.remove_prefix(1);
    } else {
      column += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return column;
}

std::string text_from(std::string_view column) {
  std::string text;
  text.reserve(column.size());
  while (!column.empty()) {
    const auto length = std::max<std::size_t>(1, utf8_length(column));
    if (stands_for_a_byte(column.substr(0, length))) {
      text += static_cast<char>(((column[1] & 0x03) << 6) | (column[2] & 0x3F));
    } else {
      text += column.substr(0, length);
    }
    column.remove_prefix(length);
  }
  return text;
}

std::string ranges_column(const std::vector<model::token_range>& ranges) {
  std::string json = "[";
  for (const auto& range : ranges) {
    if (json.size() > 1) json += ',';
    json += "{\"start\":" + range.start.to_string() + ",\"end\":" + range.end.to_string() + "}";
  }
  return json + "]";
}

result<std::vector<model::token_range>> ranges_from(std::string_view json) {
  boost::system::error_code failure;
  const auto value = parsed(quote_numbers(json), failure);
  const auto* list = failure ? nullptr : value.if_array();
  if (list == nullptr || list->empty()) return damaged("a list of token ranges", json);
  std::vector<model::token_range> ranges;
  ranges.reserve(list->size());
  for (const auto& element : *list) {
    const auto* object = element.if_object();
    const auto* start = object ? object->if_contains("start") : nullptr;
    const auto* end = object ? object->if_contains("end") : nullptr;
    const auto from = start ? token_from(*start) : std::nullopt;
    const auto to = end ? token_from(*end) : std::nullopt;
    if (!from || !to) return damaged("a list of token ranges", json);
    ranges.push_back({*from, *to});
  }
  return ranges;
}

std::map<std::string, std::string> replicas_column(const std::vector<model::replica>& replicas) {
  std::map<std::string, std::string> column;
  for (const auto& replica : replicas) {
    column.emplace(text_column(replica.address), text_column(replica.datacenter));
  }
  return column;
}

std::vector<model::replica> replicas_from(const std::map<std::string, std::string>& column) {
  std::vector<model::replica> replicas;
  replicas.reserve(column.size());
  for (const auto& [address, datacenter] : column) {
    replicas.push_back({text_from(address), text_from(datacenter)});
  }
  return replicas;
}

std::string_view parallelism_column(model::repair_parallelism value) {
  return parallelism_names[static_cast<std::size_t>(value)];
}

model::repair_parallelism parallelism_from(std::string_view column) {
  const auto found = std::find(parallelism_names.begin(), parallelism_names.end(), column);
  if (found == parallelism_names.end()) return model::repair_parallelism::sequential;
  return static_cast<model::repair_parallelism>(found - parallelism_names.begin());
}

std::optional<std::string> cluster_state_column(model::cluster_state state) {
  if (state == model::cluster_state::unknown) return std::nullopt;
  return std::string(cluster_state_names[static_cast<std::size_t>(state)]);
}

result<model::cluster_state> cluster_state_from(const std::optional<std::string>& column) {
  if (!column) return model::cluster_state::unknown;
  const auto found = std::find(cluster_state_names.begin(), cluster_state_names.end(), *column);
  if (found == cluster_state_names.end()) return damaged("a state of a cluster", *column);
  return static_cast<model::cluster_state>(found - cluster_state_names.begin());
}

std::string properties_column(const cluster_properties& properties) {
  boost::json::object object;
  object["jmxPort"] = properties.jmx_port;
  object["jmxCredentials"] = nullptr;
  if (properties.credentials) {
    object["jmxCredentials"] = {{"username", properties.credentials->username},
                                {"password", properties.credentials->password.reveal()}};
  }
  return boost::json::serialize(object);
}

result<cluster_properties> properties_from(const std::optional<std::string>& json) {
  cluster_properties properties;
  if (!json) return properties;
  // Not shown when it is wrong: there is a password in it.
  const auto wrong = [] { return damaged("the properties of a cluster", "(not shown)"); };
  boost::system::error_code failure;
  const auto value = parsed(*json, failure);
  const auto* object = failure ? nullptr : value.if_object();
  if (object == nullptr) return wrong();
  if (const auto* port = object->if_contains("jmxPort"); port && !port->is_null()) {
    const auto* number = port->if_int64();
    if (number == nullptr || *number < 1 || *number > 65'535) return wrong();
    properties.jmx_port = static_cast<std::uint16_t>(*number);
  }
  const auto* login = object->if_contains("jmxCredentials");
  if (login == nullptr || login->is_null()) return properties;
  const auto* members = login->if_object();
  const auto text = [&](const char* name) -> std::optional<std::string> {
    const auto* member = members ? members->if_contains(name) : nullptr;
    if (member == nullptr || !member->is_string()) return std::nullopt;
    return std::string(std::string_view(member->get_string()));
  };
  const auto username = text("username");
  const auto password = text("password");
  if (!username || !password) return wrong();
  properties.credentials = jmx_credentials{*username, base::secret(*password)};
  return properties;
}

}  // namespace helenus::storage::cassandra
