#pragma once

#include <cstddef>

namespace helenus::jmx {

/// What one message of a peer may cost us at most. The defaults fit the largest answers of large
/// clusters (ring maps of some hundred thousand ranges).
struct reader_limits {
  std::size_t bytes = std::size_t{64} << 20;          ///< of a whole message
  std::size_t values = std::size_t{8} << 20;          ///< objects, elements and fields together
  std::size_t handles = std::size_t{4} << 20;         ///< things that can be referred back to
  std::size_t array_elements = std::size_t{4} << 20;  ///< of one array
  std::size_t string_bytes = std::size_t{16} << 20;   ///< of one string
  std::size_t depth = 100;                            ///< objects within objects
  std::size_t fields = 512;                           ///< of one class
  std::size_t interfaces = 64;                        ///< of one proxy class
  std::size_t class_chain = 32;                       ///< superclasses of a class
};

/// Before the peer has shown that it is a JMX server that knows us.
inline reader_limits limits_before_login() {
  reader_limits limits;
  limits.bytes = std::size_t{4} << 20;
  return limits;
}

}  // namespace helenus::jmx
