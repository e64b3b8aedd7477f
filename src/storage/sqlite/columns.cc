#include "storage/sqlite/columns.h"

#include "storage/errc.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace helenus::storage::sqlite {
namespace {

constexpr std::array<std::string_view, 3> cluster_state_names = {"UNKNOWN", "ACTIVE",
                                                                 "UNREACHABLE"};

template <class Names>
std::string array_of(const Names& names) {
  boost::json::array array;
  array.reserve(names.size());
  for (const auto& name : names) array.emplace_back(name);
  return boost::json::serialize(array);
}

/// The elements of a JSON array, or nothing.
std::optional<boost::json::array> parsed_array(std::string_view text) {
  boost::json::parse_options options;
  options.allow_invalid_utf8 = true;  // names are kept as the cluster says them
  options.max_depth = 3;
  boost::system::error_code failure;
  auto value = boost::json::parse(text, failure, {}, options);
  if (failure || !value.is_array()) return std::nullopt;
  return std::move(value.get_array());
}

std::string text_of(const boost::json::value& value) {
  return std::string(std::string_view(value.get_string()));
}

/// Cuts off and returns what comes before `separator`, or everything.
std::string_view next_word(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

std::optional<model::token> token_from(std::string_view text) {
  for (const auto kind : {model::partitioner::murmur3, model::partitioner::random}) {
    if (auto token = model::token::parse(text, kind)) return *token;
  }
  return std::nullopt;
}

}  // namespace

error damaged(std::string_view what, std::string_view found) {
  return {storage::errc::corrupt, "the file holds '" + std::string(found.substr(0, 80)) +
                                      "' where " + std::string(what) + " belongs"};
}

result<base::uuid> uuid_from(helenus::sqlite::blob bytes) {
  std::array<std::uint8_t, 16> copy{};
  if (bytes.size() != copy.size())
    return damaged("a UUID", std::to_string(bytes.size()) + " bytes");
  std::copy(bytes.begin(), bytes.end(), copy.begin());
  return base::uuid(copy);
}

std::int64_t column_of(model::wall_time time) { return time.time_since_epoch().count(); }

std::optional<std::int64_t> column_of(const std::optional<model::wall_time>& time) {
  if (!time) return std::nullopt;
  return column_of(*time);
}

model::wall_time time_from(std::int64_t milliseconds) {
  return model::wall_time(std::chrono::milliseconds(milliseconds));
}

std::string column_of(const std::vector<std::string>& names) { return array_of(names); }

std::string column_of(const std::set<std::string>& names) { return array_of(names); }

result<std::vector<std::string>> names_from(std::string_view text) {
  // Most are: a run and its unit have five lists.
  if (text == "[]") return std::vector<std::string>{};
  const auto array = parsed_array(text);
  if (!array) return damaged("a list of names", text);
  std::vector<std::string> names;
  names.reserve(array->size());
  for (const auto& element : *array) {
    if (!element.is_string()) return damaged("a list of names", text);
    names.push_back(text_of(element));
  }
  return names;
}

std::string column_of(const std::vector<model::replica>& replicas) {
  boost::json::array array;
  for (const auto& replica : replicas) {
    array.push_back(boost::json::array{replica.address, replica.datacenter});
  }
  return boost::json::serialize(array);
}

result<std::vector<model::replica>> replicas_from(std::string_view text) {
  const auto array = parsed_array(text);
  if (!array) return damaged("a list of replicas", text);
  std::vector<model::replica> replicas;
  replicas.reserve(array->size());
  for (const auto& element : *array) {
    const auto* pair = element.if_array();
    if (pair == nullptr || pair->size() != 2 || !pair->at(0).is_string() ||
        !pair->at(1).is_string()) {
      return damaged("a list of replicas", text);
    }
    replicas.push_back({text_of(pair->at(0)), text_of(pair->at(1))});
  }
  return replicas;
}

std::string column_of(const std::vector<model::token_range>& ranges) {
  std::string text;
  for (const auto& range : ranges) {
    if (!text.empty()) text += ' ';
    text += range.start.to_string() + ':' + range.end.to_string();
  }
  return text;
}

result<std::vector<model::token_range>> ranges_from(std::string_view text) {
  std::vector<model::token_range> ranges;
  auto rest = text;
  do {
    auto word = next_word(rest, ' ');
    const auto start = token_from(next_word(word, ':'));
    const auto end = token_from(word);
    if (!start || !end) return damaged("a list of token ranges", text);
    ranges.push_back({*start, *end});
  } while (!rest.empty());
  return ranges;
}

std::string_view column_of(model::cluster_state state) {
  return cluster_state_names[static_cast<std::size_t>(state)];
}

result<model::cluster_state> cluster_state_from(std::string_view text) {
  const auto found = std::find(cluster_state_names.begin(), cluster_state_names.end(), text);
  if (found == cluster_state_names.end()) return damaged("a state of a cluster", text);
  return static_cast<model::cluster_state>(found - cluster_state_names.begin());
}

}  // namespace helenus::storage::sqlite
