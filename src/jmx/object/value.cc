#include "jmx/object/value.h"

#include "jmx/errc.h"
#include "jmx/object/serialized_form.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <limits>

namespace helenus::jmx {
namespace {

// The value of a box; nothing when it is none of `classes`.
template <std::size_t Size>
std::optional<slot> unbox(const value& from, const std::array<std::string_view, Size>& classes) {
  if (from.kind() != value_kind::object) return std::nullopt;
  const auto& name = from.owner()->classes[node_of(from).type].name;
  if (std::find(classes.begin(), classes.end(), name) == classes.end()) return std::nullopt;
  const auto found = find_field(from, "value");
  return found && primitive_size(found->type) != 0 ? found : std::nullopt;
}

constexpr std::array<std::string_view, 4> small_integers = {
    "java.lang.Integer", "java.lang.Short", "java.lang.Byte",
    "java.util.concurrent.atomic.AtomicInteger"};
constexpr std::array<std::string_view, 2> large_integers = {
    "java.lang.Long", "java.util.concurrent.atomic.AtomicLong"};
constexpr std::array<std::string_view, 2> reals = {"java.lang.Double", "java.lang.Float"};
constexpr std::array<std::string_view, 2> booleans = {"java.lang.Boolean",
                                                      "java.util.concurrent.atomic.AtomicBoolean"};

std::string address_text(int family, const void* bytes) {
  char text[INET6_ADDRSTRLEN] = {};
  return inet_ntop(family, bytes, text, sizeof text) ? text : "";
}

// The magnitude of a BigInteger, big-endian, as decimal digits.
std::string decimal_digits(std::string magnitude) {
  std::string digits;
  std::size_t start = 0;
  while (start < magnitude.size()) {
    unsigned remainder = 0;
    for (std::size_t i = start; i < magnitude.size(); ++i) {
      remainder = remainder << 8 | static_cast<unsigned char>(magnitude[i]);
      magnitude[i] = static_cast<char>(remainder / 10);
      remainder %= 10;
    }
    digits.push_back(static_cast<char>('0' + remainder));
    while (start < magnitude.size() && magnitude[start] == 0) ++start;
  }
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  std::reverse(digits.begin(), digits.end());
  return digits.empty() ? "0" : digits;
}

}  // namespace

error wrong_type(std::string_view expected, const value& got) {
  return {errc::wrong_type, "expected " + std::string(expected) + ", got " + got.type_name()};
}

value_kind value::kind() const {
  switch (node_of(*this).kind) {
    case graph::node_kind::null:
      return value_kind::null;
    case graph::node_kind::string:
      return value_kind::string;
    case graph::node_kind::object:
      return value_kind::object;
    case graph::node_kind::array:
    case graph::node_kind::numbers:
      return value_kind::array;
    case graph::node_kind::enum_constant:
      return value_kind::enum_constant;
    case graph::node_kind::type:
    case graph::node_kind::description:
      break;
  }
  return value_kind::type;
}

std::string value::type_name() const {
  switch (kind()) {
    case value_kind::null:
      return "null";
    case value_kind::string:
      return "java.lang.String";
    case value_kind::type:
      return "java.lang.Class";
    default:
      return graph_->classes[node_of(*this).type].name;
  }
}

bool value::is_a(std::string_view class_name) const {
  if (kind() != value_kind::object) return type_name() == class_name;
  for (auto type = node_of(*this).type; type != class_description::none;
       type = graph_->classes[type].super) {
    if (graph_->classes[type].name == class_name) return true;
  }
  return false;
}

result<std::string> value::as_string() const {
  if (kind() == value_kind::string) return std::string(graph_->text(node_of(*this)));
  constexpr std::pair<std::string_view, std::string_view> texts[] = {
      {"java.net.URI", "string"}, {"java.io.File", "path"}, {"java.util.regex.Pattern", "pattern"}};
  for (const auto& [class_name, name] : texts) {
    if (!is_a(class_name)) continue;
    TRY(text, field(name, class_name));
    if (text.kind() == value_kind::string) return text.as_string();
  }
  return wrong_type("a java.lang.String", *this);
}

result<bool> value::as_bool() const {
  const auto found = unbox(*this, booleans);
  if (!found) return wrong_type("a java.lang.Boolean", *this);
  return found->bits != 0;
}

result<std::int32_t> value::as_int() const {
  const auto found = unbox(*this, small_integers);
  if (!found) return wrong_type("a java.lang.Integer", *this);
  return static_cast<std::int32_t>(found->integer());
}

result<std::int64_t> value::as_long() const {
  auto found = unbox(*this, small_integers);
  if (!found) found = unbox(*this, large_integers);
  if (!found) return wrong_type("a java.lang.Long", *this);
  return found->integer();
}

result<double> value::as_double() const {
  auto found = unbox(*this, reals);
  if (!found) found = unbox(*this, small_integers);
  if (!found) found = unbox(*this, large_integers);
  if (!found) return wrong_type("a java.lang.Double", *this);
  return found->real();
}

result<std::string> value::as_decimal() const {
  if (!is_a("java.math.BigInteger")) {
    const auto number = as_long();
    if (!number) return wrong_type("an integer", *this);
    return std::to_string(*number);
  }
  // The work grows with the square of the length; tokens need 16 bytes.
  constexpr std::size_t most_bytes = 1024;
  TRY(sign, long_field("signum"));
  TRY(bytes, field("magnitude"));
  TRY(magnitude, bytes.as_bytes());
  if (magnitude.size() > most_bytes) {
    return error{errc::limit_exceeded, "an integer of more than 1024 bytes"};
  }
  return (sign < 0 ? "-" : "") + decimal_digits(std::move(magnitude));
}

result<base::uuid> value::as_uuid() const {
  if (!is_a("java.util.UUID")) return wrong_type("a java.util.UUID", *this);
  TRY(high, long_field("mostSigBits"));
  TRY(low, long_field("leastSigBits"));
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[7 - i] = static_cast<std::uint8_t>(high >> (8 * i));
    bytes[15 - i] = static_cast<std::uint8_t>(low >> (8 * i));
  }
  return base::uuid(bytes);
}

result<base::clock::wall_time> value::as_time() const {
  using wall_time = base::clock::wall_time;
  std::int64_t milliseconds = 0;
  if (is_a("java.util.Date")) {
    const auto written = content_cursor(*this, "java.util.Date").number(8);
    if (!written) return error{errc::malformed, "a java.util.Date without a time"};
    milliseconds = static_cast<std::int64_t>(*written);
  } else if (is_a("java.time.Ser")) {
    content_cursor contents(*this, "java.time.Ser");
    constexpr std::uint64_t instant = 2;
    if (contents.number(1) != instant) return wrong_type("a java.time.Instant", *this);
    const auto seconds = contents.number(8);
    const auto nanoseconds = contents.number(4);
    if (!seconds || !nanoseconds) return error{errc::malformed, "a java.time.Instant is cut"};
    constexpr std::int64_t most_seconds = std::numeric_limits<std::int64_t>::max() / 1000 - 1;
    const auto whole = static_cast<std::int64_t>(*seconds);
    if (whole > most_seconds || whole < -most_seconds) {
      return error{errc::limit_exceeded, "a time too far away"};
    }
    milliseconds = whole * 1000 + static_cast<std::int64_t>(*nanoseconds / 1'000'000);
  } else {
    return wrong_type("a java.util.Date", *this);
  }
  return wall_time(std::chrono::milliseconds(milliseconds));
}

result<std::string> value::as_enum() const {
  if (kind() != value_kind::enum_constant) return wrong_type("an enum constant", *this);
  return value(graph_, node_of(*this).first).as_string();
}

result<std::string> value::as_address() const {
  if (is_a("java.net.InetSocketAddress")) {
    TRY(address, field("addr"));
    if (address.is_a("java.net.InetAddress")) return address.as_address();
  } else if (is_a("java.net.Inet6Address")) {
    TRY(address, field("ipaddress"));
    TRY(bytes, address.as_bytes());
    if (bytes.size() != 16) return error{errc::malformed, "an Inet6Address that is not 16 bytes"};
    return address_text(AF_INET6, bytes.data());
  } else if (is_a("java.net.InetAddress")) {
    TRY(address, long_field("address"));
    const auto network = htonl(static_cast<std::uint32_t>(address));
    return address_text(AF_INET, &network);
  }
  return wrong_type("a java.net.InetAddress", *this);
}

result<std::string> value::as_bytes() const {
  const auto& node = node_of(*this);
  if (node.kind != graph::node_kind::numbers || node.element != 'B') {
    return wrong_type("a byte[]", *this);
  }
  return graph_->bytes.substr(node.first, node.count);
}

result<value> value::field(std::string_view name, std::string_view declaring_class) const {
  const auto found = find_field(*this, name, declaring_class);
  if (!found || primitive_size(found->type) != 0) {
    return error{errc::wrong_type,
                 "no reference field " + std::string(name) + " in " + type_name()};
  }
  return value(graph_, static_cast<std::uint32_t>(found->bits));
}

result<std::int64_t> value::long_field(std::string_view name,
                                       std::string_view declaring_class) const {
  const auto found = find_field(*this, name, declaring_class);
  if (!found || primitive_size(found->type) == 0 || found->type == 'F' || found->type == 'D') {
    return error{errc::wrong_type, "no integral field " + std::string(name) + " in " + type_name()};
  }
  return found->integer();
}

}  // namespace helenus::jmx
