#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace helenus::net {

/// Where a peer listens: a name or an address (IPv6 without brackets), and a port.
struct endpoint {
  std::string host;
  std::uint16_t port = 0;

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// "host:port", "[::1]:port".
std::string to_text(const endpoint& peer);

/// Reads "host", "host:port", "address", "[ipv6]", "[ipv6]:port" or a bare IPv6 address. Without a
/// port, `default_port` is taken. Errors: invalid_argument.
result<endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port);

}  // namespace helenus::net
