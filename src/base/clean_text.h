#pragma once

#include <string_view>

namespace helenus::base {

/// Whether a text is UTF-8 without ASCII control characters: what may come into logs, JSON and on a
/// terminal as it is.
bool is_clean_text(std::string_view text);

}  // namespace helenus::base
