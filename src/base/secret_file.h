#pragma once

#include "base/result.h"
#include "base/secret.h"

#include <string>
#include <string_view>

namespace helenus::base {

/// The first line of a regular file of at most 4 KiB, as passwords are given. `named` is what the
/// operator calls the file ("--password-file"). Blocks. Errors, which name it: unavailable when it
/// is not there or its line is empty (yet), invalid_argument when it is longer.
result<secret> read_secret_file(const std::string& file, std::string_view named);

}  // namespace helenus::base
