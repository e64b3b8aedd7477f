#pragma once

#include <string>

namespace helenus::app {

struct serve_arguments {
  std::string configuration_file;  ///< empty: the variables of Reaper's container image
  std::string version;             ///< of this program
};

/// `helenus serve`: runs the daemon until a signal; returns its exit code.
int serve(const serve_arguments& arguments);

}  // namespace helenus::app
