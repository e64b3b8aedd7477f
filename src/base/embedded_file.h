#pragma once

#include <string_view>

namespace helenus::base {

/// A file that was put into the executable when it was built (cmake/embed.cmake).
struct embedded_file {
  std::string_view path;  ///< relative to the folder it was embedded from
  std::string_view content;
};

}  // namespace helenus::base
