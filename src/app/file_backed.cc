#include "app/file_backed.h"

#include <sys/stat.h>

#include <ctime>

namespace helenus::app {
namespace {

std::string text_of(const timespec& time) {
  return std::to_string(time.tv_sec) + "." + std::to_string(time.tv_nsec);
}

}  // namespace

std::string state_of(const std::vector<std::string>& files) {
  std::string state;
  for (const auto& file : files) {
    struct stat found{};
    if (::stat(file.c_str(), &found) == 0) {
      state += std::to_string(found.st_ino) + "@" + std::to_string(found.st_size) + "@" +
               text_of(found.st_mtim) + "@" + text_of(found.st_ctim);
    }
    state += ' ';
  }
  return state;
}

}  // namespace helenus::app
