#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace helenus::crypto {

/// Base 64 with the alphabet for URLs, without padding (RFC 4648, section 5), as JWTs are written.
std::string to_base64url(std::string_view bytes);
/// The bytes; nothing when the text is not what to_base64url() makes of any.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace helenus::crypto
