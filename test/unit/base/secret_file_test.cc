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
  error complaint() {
    const auto read = read_secret_file(file, "--password-file");
    EXPECT_FALSE(read);
    return read ? error{} : read.error();
  }
};

TEST_F(secret_file_test, the_first_line_counts) {
  write("not a secret \xC3\xA4\r\nsecond line\n");
  EXPECT_EQ(read_secret_file(file, "--password-file")->reveal(), "not a secret \xC3\xA4");
}

TEST_F(secret_file_test, a_file_that_is_missing_or_empty_is_named_and_may_be_filled_later) {
  EXPECT_EQ(complaint().message(), "--password-file '" + file + "' is not a readable regular file");
  EXPECT_TRUE(is_transient(complaint()));
  for (const auto* nothing : {"", "\n", "\r\n", "\nsecond line\n"}) {
    write(nothing);
    EXPECT_EQ(complaint().message(),
              "--password-file '" + file + "' must hold one line of 1 to 4096 bytes");
    EXPECT_TRUE(is_transient(complaint()));
  }
}

TEST_F(secret_file_test, a_file_that_is_huge_or_none_is_named) {
  write(std::string(5000, 'x'));
  EXPECT_NE(complaint().message().find(file), std::string::npos);
  EXPECT_FALSE(is_transient(complaint()));
  EXPECT_FALSE(read_secret_file("/dev/zero", "--password-file"));
}

}  // namespace
}  // namespace helenus::base
