#include "cql/wire.h"

#include "cql/bytes.h"
#include "cql/codec.h"
#include "cql/errc.h"

#include <algorithm>
#include <cctype>

namespace helenus::cql::wire {
namespace {

enum class request : std::uint8_t {
  prepare = 1,
  execute = 2,
  batch = 3,
  change_schema = 4,
  agree_on_schema = 5,
  nodes = 6,
};

constexpr std::uint8_t idempotent_flag = 1;
constexpr std::uint8_t read_flag = 2;
constexpr std::uint8_t lightweight_flag = 4;
constexpr std::size_t type_depth = rows_limits{}.type_depth;

std::string begin(request kind) { return std::string(1, static_cast<char>(kind)); }

void put_count(std::string& out, std::size_t count) {
  put_number(out, std::min<std::size_t>(count, INT32_MAX), 4);
}

void put_timeout(std::string& out, std::chrono::milliseconds timeout) {
  put_count(out, static_cast<std::size_t>(std::max(timeout, std::chrono::milliseconds(1)).count()));
}

std::uint64_t consistency_of(const request_options& how, const session_options& defaults) {
  const auto serial = how.serial_consistency.value_or(defaults.serial_consistency);
  if (how.serial_read) return static_cast<std::uint16_t>(serial);
  return static_cast<std::uint16_t>(how.consistency.value_or(defaults.consistency));
}

void put_how(std::string& out, const request_options& how, const session_options& defaults,
             bool reads) {
  put_number(out, consistency_of(how, defaults), 2);
  put_number(
      out, static_cast<std::uint16_t>(how.serial_consistency.value_or(defaults.serial_consistency)),
      2);
  put_timeout(out, how.timeout.value_or(defaults.request_timeout));
  put_count(out, static_cast<std::size_t>(std::max(how.page_size, 1)));
  int flags = how.idempotent ? idempotent_flag : 0;
  if (reads) flags |= read_flag;
  if (how.lightweight) flags |= lightweight_flag;
  put_number(out, static_cast<std::uint64_t>(flags), 1);
}

void put_values(std::string& out, const std::vector<value>& values) {
  put_count(out, values.size());
  for (const auto& each : values) {
    if (each.is_null())
      put_number(out, 0xFFFFFFFF, 4);  // -1, as in the protocol
    else if (each.is_unset())
      put_number(out, 0xFFFFFFFE, 4);
    else
      put_bytes(out, each.bytes());
  }
}

}  // namespace

std::string options(const session_options& of) {
  std::string out;
  // So that the buffer does not grow and leave a copy of the password behind.
  out.reserve(std::size_t{1} << 16);
  put_count(out, of.contact_points.size());
  for (const auto& contact : of.contact_points) {
    put_bytes(out, contact.host);
    put_number(out, contact.port, 2);
  }
  put_bytes(out, of.keyspace);
  put_bytes(out, of.local_datacenter);
  put_count(out, of.translated_addresses.size());
  for (const auto& [known, reached] : of.translated_addresses) {
    put_bytes(out, known);
    put_bytes(out, reached);
  }
  put_count(out, std::max<std::size_t>(of.nodes, 1));
  put_timeout(out, of.schema_timeout);
  put_count(out, of.page_bytes);
  put_number(out, of.login ? 1 : 0, 1);
  if (of.login) {
    put_bytes(out, of.login->user);
    out.reserve(out.size() + 4 + of.login->password.reveal().size());
    put_bytes(out, of.login->password.reveal());
  }
  return out;
}

void wipe(std::string& bytes) {
  // Volatile, so that the writes are not removed as dead ones.
  volatile char* byte = bytes.data();
  for (std::size_t left = bytes.size(); left > 0; --left) *byte++ = '\0';
  bytes.clear();
}

std::string prepare(std::string_view text, std::chrono::milliseconds timeout) {
  auto out = begin(request::prepare);
  put_bytes(out, text);
  put_timeout(out, timeout);
  return out;
}

std::string execute(const statement& what, const session_options& defaults) {
  auto out = begin(request::execute);
  put_how(out, what.how, defaults, reads(what.text));
  put_bytes(out, what.text);
  put_values(out, what.values);
  put_bytes(out, what.paging_state);
  return out;
}

std::string execute_batch(const batch& what, const session_options& defaults) {
  auto out = begin(request::batch);
  put_how(out, what.how, defaults, false);
  put_number(out, static_cast<std::uint8_t>(what.kind), 1);
  put_count(out, what.statements.size());
  for (const auto& each : what.statements) {
    put_bytes(out, each.text);
    put_values(out, each.values);
  }
  return out;
}

std::string change_schema(std::string_view text, std::chrono::milliseconds timeout) {
  auto out = begin(request::change_schema);
  put_bytes(out, text);
  put_timeout(out, timeout);
  return out;
}

std::string agree_on_schema(std::chrono::milliseconds timeout) {
  auto out = begin(request::agree_on_schema);
  put_timeout(out, timeout);
  return out;
}

std::string ask_nodes() { return begin(request::nodes); }

result<places> read_places(std::string_view body) {
  byte_reader from(body);
  TRY(count, from.count(4));
  places read;
  for (std::size_t done = 0; done < count; ++done) {
    TRY(name, from.string());
    TRY(kind, read_type(from, type_depth));
    read.push_back({std::string(name), std::move(kind)});
  }
  return read;
}

result<std::vector<node>> read_nodes(std::string_view body) {
  byte_reader from(body);
  TRY(count, from.count(23));
  std::vector<node> read;
  for (std::size_t done = 0; done < count; ++done) {
    TRY(id, from.take(16));
    TRY(host_id, codec<base::uuid>::read(id));
    TRY(address, from.string());
    TRY(datacenter, from.string());
    TRY(rack, from.string());
    TRY(connected, from.number(1));
    read.push_back({host_id, std::string(address), std::string(datacenter), std::string(rack),
                    connected != 0});
  }
  return read;
}

result<base::uuid> read_version(std::string_view body) { return codec<base::uuid>::read(body); }

result<void> check(const places& expected, const std::vector<value>& values) {
  if (expected.size() != values.size())
    return error{errc::invalid, std::to_string(values.size()) + " values for a statement with " +
                                    std::to_string(expected.size()) + " places"};
  for (std::size_t index = 0; index < values.size(); ++index) {
    const auto& given = values[index];
    const auto& place = expected[index];
    if (given.is_null() || given.is_unset() || compatible(place.type, given.type())) continue;
    return error{errc::wrong_type, "the value for " + place.name + " is a " +
                                       to_text(given.type()) + ", not a " + to_text(place.type)};
  }
  return {};
}

bool reads(std::string_view text) {
  constexpr std::string_view word = "select";
  const auto start = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  const auto first = text.substr(start, word.size());
  return std::equal(first.begin(), first.end(), word.begin(), word.end(),
                    [](char left, char right) {
                      return std::tolower(static_cast<unsigned char>(left)) == right;
                    });
}

}  // namespace helenus::cql::wire
