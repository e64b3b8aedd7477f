#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace helenus::jmx {

/// Turns Java's modified UTF-8 into UTF-8 in place and gives the new, never larger, size.
/// Lone surrogates become U+FFFD; sequences that are cut or malformed are errc::malformed.
result<std::size_t> decode_modified_utf8(char* bytes, std::size_t size);
/// The same for a copy.
result<std::string> from_modified_utf8(std::string_view bytes);

/// UTF-8 as Java writes it. What is not valid UTF-8 becomes U+FFFD.
std::string to_modified_utf8(std::string_view text);

}  // namespace helenus::jmx
