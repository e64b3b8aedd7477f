#pragma once

#include "config/problem.h"
#include "config/substitution.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::config {

/// The environment of a process, with what is wrong with it.
struct process_environment {
  std::map<std::string, std::string> values;
  std::vector<problem> problems;
  std::vector<std::string> warnings;
  std::vector<std::string> secret_files;  ///< that were to be read, good or not
  /// Secrets whose file does not hold them (yet), as sentences. `values` has stand-ins for them.
  std::vector<std::string> missing_secrets;

  /// For substitute(); this must outlive it.
  environment lookup() const;
};

/// Whether a variable holds a secret or who it is for. Each has a second form with `_FILE` at its
/// end: the name of a file whose first line is the value, as a mounted Secret is. Pure.
bool is_secret_variable(std::string_view name);

/// Reads "NAME=value" entries and the files of secrets. A name may be there twice, as Kubernetes
/// allows: the last one counts, and when they differ a warning tells. Both forms of a secret are a
/// problem. Blocks.
process_environment read_environment(const char* const* entries);

/// That of this process.
process_environment read_environment();

}  // namespace helenus::config
