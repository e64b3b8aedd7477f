#include "net/endpoint.h"

#include <algorithm>
#include <charconv>

namespace helenus::net {
namespace {

// RFC 1035: a full name has at most 253 characters.
constexpr std::size_t longest_host = 253;

result<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failure != std::errc() || end != text.data() + text.size() || port == 0) {
    return error{base::errc::invalid_argument, "the port must be a number from 1 to 65535"};
  }
  return port;
}

bool acceptable(std::string_view host) {
  return !host.empty() && host.size() <= longest_host &&
         std::ranges::none_of(host, [](unsigned char c) { return c <= ' ' || c == 0x7f; });
}

}  // namespace

std::string to_text(const endpoint& peer) {
  const bool brackets = peer.host.find(':') != std::string::npos;
  return (brackets ? "[" + peer.host + "]:" : peer.host + ":") + std::to_string(peer.port);
}

result<endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port) {
  endpoint peer{{}, default_port};
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) {
      return error{base::errc::invalid_argument, "the address has no closing bracket"};
    }
    peer.host = text.substr(1, close - 1);
    const auto rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') {
      return error{base::errc::invalid_argument, "only a port may follow the bracket"};
    }
    has_port = !rest.empty();
    port = has_port ? rest.substr(1) : rest;
  } else if (std::ranges::count(text, ':') == 1) {
    const auto colon = text.find(':');
    peer.host = text.substr(0, colon);
    port = text.substr(colon + 1);
    has_port = true;
  } else {
    peer.host = text;  // a name, an IPv4 address, or an IPv6 address without brackets
  }
  if (!acceptable(peer.host)) {
    return error{base::errc::invalid_argument, "the host is empty, too long or has blanks"};
  }
  if (has_port) {
    TRY(number, parse_port(port));
    peer.port = number;
  }
  return peer;
}

}  // namespace helenus::net
