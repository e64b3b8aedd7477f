#pragma once

#include <string>
#include <vector>

namespace helenus::config {

/// One mistake in a configuration file.
struct problem {
  int line = 0;          ///< from 1; 0: the file as a whole
  std::string key;       ///< path such as "server.applicationConnectors[0].port"
  std::string value;     ///< what was given; empty for secrets and blocks
  std::string accepted;  ///< what would be accepted, or what is wrong
};

/// "FILE:LINE: KEY: VALUE: ACCEPTED", one line per problem.
std::string to_text(const std::string& file, const std::vector<problem>& problems);

}  // namespace helenus::config
