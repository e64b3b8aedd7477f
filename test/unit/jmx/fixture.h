#pragma once

#include "base/assert.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

namespace helenus::jmx::test {

/// Bytes from hexadecimal digits; white space means nothing.
inline std::string from_hex(std::string_view text) {
  std::string bytes;
  int high = -1;
  for (const char digit : text) {
    if (digit == ' ' || digit == '\n') continue;
    const auto value = std::string_view("0123456789abcdef").find(digit);
    HELENUS_ASSERT(value != std::string_view::npos);
    if (high < 0) {
      high = static_cast<int>(value);
    } else {
      bytes += static_cast<char>(high * 16 + static_cast<int>(value));
      high = -1;
    }
  }
  HELENUS_ASSERT(high < 0);
  return bytes;
}

inline std::string to_hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

/// The messages of test/unit/jmx/fixtures/NAME: "= name", then lines of hex; "#" begins a comment.
class fixture {
 public:
  explicit fixture(const std::string& name) {
    std::ifstream file(std::string(HELENUS_TEST_DIR) + "/unit/jmx/fixtures/" + name);
    HELENUS_ASSERT(file.is_open());
    std::string current;
    for (std::string line; std::getline(file, line);) {
      if (line.empty() || line[0] == '#') continue;
      if (line.starts_with("= ")) {
        current = line.substr(2);
        messages_[current];
      } else {
        messages_[current] += from_hex(line);
      }
    }
  }
  const std::string& operator[](const std::string& message) const {
    const auto found = messages_.find(message);
    HELENUS_ASSERT(found != messages_.end());
    return found->second;
  }
  const std::map<std::string, std::string>& all() const { return messages_; }

 private:
  std::map<std::string, std::string> messages_;
};

/// A real session, message by message.
inline const fixture& recorded_session() {
  static const fixture all("session.hex");
  return all;
}
/// One sample of each class that the readers know.
inline const fixture& catalogue() {
  static const fixture all("catalogue.hex");
  return all;
}

/// The bytes of a file of test/fuzz/corpus.
inline std::map<std::string, std::string> corpus(const std::string& target) {
  std::map<std::string, std::string> files;
  const auto folder = std::string(HELENUS_TEST_DIR) + "/fuzz/corpus/" + target;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    files[entry.path().filename().string()] = {std::istreambuf_iterator<char>(file), {}};
  }
  return files;
}

}  // namespace helenus::jmx::test
