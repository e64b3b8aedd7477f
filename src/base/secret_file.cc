#include "base/secret_file.h"

#include "base/errc.h"

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace helenus::base {
namespace {

constexpr std::size_t longest_secret = 4096;

}  // namespace

result<secret> read_secret_file(const std::string& file, std::string_view named) {
  const auto text = std::string(named) + " '" + file + "'";
  std::error_code failure;
  if (!std::filesystem::is_regular_file(file, failure)) {
    return error{errc::unavailable, text + " is not a readable regular file"};
  }
  std::array<char, longest_secret + 1> buffer{};
  std::ifstream stream(file, std::ios::binary);
  stream.read(buffer.data(), buffer.size());
  const auto length = static_cast<std::size_t>(stream.gcount());
  const std::string_view all(buffer.data(), length);
  secret read(all.substr(0, all.find_first_of("\r\n")));
  explicit_bzero(buffer.data(), buffer.size());
  const bool is_too_long = stream.is_open() && !stream.eof();
  if (is_too_long || read.empty()) {
    return error{is_too_long ? errc::invalid_argument : errc::unavailable,
                 text + " must hold one line of 1 to 4096 bytes"};
  }
  return read;
}

}  // namespace helenus::base
