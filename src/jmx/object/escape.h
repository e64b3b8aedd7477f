#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace helenus::jmx {

/// Text of a peer made safe for logs and error details: control characters become `\n` or `\x1b`,
/// and it ends with "..." after `most` bytes, never in the middle of a character.
std::string escape(std::string_view text, std::size_t most);

}  // namespace helenus::jmx
