#pragma once

#include <cstdint>
#include <string>

namespace helenus::jmx {

/// What a remote method returns: it decides how its reply is read.
enum class returns : std::uint8_t { nothing, boolean, object };

/// A remote call ready to be sent.
struct remote_call {
  const char* name = "";  ///< for messages: "getAttribute"
  std::string bytes;      ///< the whole JRMP message; contains secrets when `secret`
  returns answer = returns::nothing;
  bool has_objects = false;  ///< a failing transport then leaves the socket unusable
  bool idempotent = true;    ///< may be sent again when nobody knows whether it arrived
  bool secret = false;       ///< wipe the bytes after sending, never log them
};

}  // namespace helenus::jmx
