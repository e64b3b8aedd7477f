#pragma once

#include <string>
#include <string_view>

namespace helenus::crypto {

enum class hash { sha256, sha384, sha512 };

/// HMAC (RFC 2104) of `text`, as raw bytes.
std::string hmac(hash with, std::string_view key, std::string_view text);

/// Whether both are the same. How long it takes tells where they differ to nobody; it does tell
/// whether they have the same length, so compare what has one length, such as HMACs.
bool equal_in_constant_time(std::string_view left, std::string_view right);

}  // namespace helenus::crypto
