#pragma once

#include <cstdint>
#include <string>

namespace helenus::app {

// What is wrong with the value of an option, as a sentence; empty when nothing is. Pure.

/// A name, an address or a file: not empty, which a shell makes of a variable that is not set, and
/// nothing that would break a log or a JSON text.
std::string wrong_text(const std::string& given);
/// Decimal digits, from `least` to `most`.
std::string wrong_whole_number(const std::string& given, std::int64_t least, std::int64_t most);
/// A decimal number above 0, at most 1.
std::string wrong_share(const std::string& given);

}  // namespace helenus::app
