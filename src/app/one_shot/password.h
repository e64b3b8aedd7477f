#pragma once

#include "base/result.h"
#include "base/secret.h"

#include <string>

namespace helenus::app {

/// The environment variable that may hold the JMX password.
constexpr const char* password_variable = "HELENUS_JMX_PASSWORD";

/// The JMX password of `username`: from `file` when that is not empty, else from the environment,
/// else asked for when standard input is a terminal. Never from an argument, which every process on
/// the machine can read. A file must be a regular file of at most 4 KiB; its first line counts.
result<base::secret> read_password(const std::string& username, const std::string& file);

}  // namespace helenus::app
