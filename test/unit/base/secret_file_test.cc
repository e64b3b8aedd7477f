#include "base/secret_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace helenus::base {
namespace {

class secret_file_test : public ::testing::Test {
 protected:
  std::string file =
      std::filesystem::temp_directory_path() / ("helenus_secret_" + std::to_string(::getpid()));

  ~secret_file_test() override { std::filesystem::remove(file); }
  void write(const std::string& text) { std::ofstream(file, std::ios::binary) << text; }
  std::string complaint() {
    const auto read = read_secret_file(file, "--password-file");
    EXPECT_FALSE(read);
    return read ? "" : read.error().message();
  }
};

TEST_F(secret_file_test, the_first_line_counts) {
  write("not a secret \xC3\xA4\r\nsecond line\n");
  EXPECT_EQ(read_secret_file(file, "--password-file")->reveal(), "not a secret \xC3\xA4");
}

TEST_F(secret_file_test, a_file_that_is_missing_empty_huge_or_none_is_named) {
  EXPECT_EQ(complaint(), "--password-file '" + file + "' is not a readable regular file");
  write("");
  EXPECT_NE(complaint().find("1 to 4096 bytes"), std::string::npos);
  write(std::string(5000, 'x'));
  EXPECT_NE(complaint().find(file), std::string::npos);
  EXPECT_FALSE(read_secret_file("/dev/zero", "--password-file"));
}

}  // namespace
}  // namespace helenus::base
