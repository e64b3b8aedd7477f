#include "sqlite/lock_holder.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace helenus::sqlite {
namespace {

template <class Number>
std::optional<Number> number(std::string_view text, int base) {
  Number value{};
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value, base);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return value;
}

}  // namespace

// A line: "1: POSIX  ADVISORY  WRITE 1234 08:01:5678 1073741824 1073742335"; a waiting process has
// "->" as its second word.
std::optional<pid_t> lock_holder_in(std::string_view locks, std::uint64_t inode,
                                    unsigned device_major, unsigned device_minor) {
  std::istringstream lines{std::string(locks)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    const std::vector<std::string> word{std::istream_iterator<std::string>(words), {}};
    if (word.size() < 6 || word[1] == "->") continue;
    const auto pid = number<pid_t>(word[4], 10);
    const auto first = word[5].find(':');
    const auto second = word[5].rfind(':');
    if (!pid || *pid <= 0 || first == second) continue;
    const std::string_view place = word[5];
    if (number<unsigned>(place.substr(0, first), 16) == device_major &&
        number<unsigned>(place.substr(first + 1, second - first - 1), 16) == device_minor &&
        number<std::uint64_t>(place.substr(second + 1), 10) == inode) {
      return pid;
    }
  }
  return std::nullopt;
}

std::optional<pid_t> lock_holder(const std::filesystem::path& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) return std::nullopt;
  std::ifstream locks("/proc/locks");
  const std::string text{std::istreambuf_iterator<char>(locks), {}};
  return lock_holder_in(text, status.st_ino, major(status.st_dev), minor(status.st_dev));
}

}  // namespace helenus::sqlite
