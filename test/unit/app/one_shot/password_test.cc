#include "app/one_shot/password.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace helenus::app {
namespace {

class password_test : public ::testing::Test {
 protected:
  std::string file =
      std::filesystem::temp_directory_path() / ("helenus_password_" + std::to_string(::getpid()));

  void write(const std::string& text) { std::ofstream(file, std::ios::binary) << text; }
  ~password_test() override {
    std::filesystem::remove(file);
    ::unsetenv(password_variable);
  }
};

TEST_F(password_test, the_first_line_of_the_file_is_the_password) {
  write("not a secret \xC3\xA4\r\nsecond line\n");
  EXPECT_EQ(read_password("cassandra", file)->reveal(), "not a secret \xC3\xA4");
}

TEST_F(password_test, a_file_wins_over_the_environment) {
  ::setenv(password_variable, "from the environment", 1);
  write("from the file");
  EXPECT_EQ(read_password("cassandra", file)->reveal(), "from the file");
  EXPECT_EQ(read_password("cassandra", "")->reveal(), "from the environment");
}

TEST_F(password_test, a_file_that_is_missing_empty_or_huge_is_named) {
  EXPECT_NE(read_password("cassandra", file).error().message().find(file), std::string::npos);
  write("");
  EXPECT_FALSE(read_password("cassandra", file).has_value());
  write(std::string(5000, 'x'));
  EXPECT_NE(read_password("cassandra", file).error().message().find("1 to 4096 bytes"),
            std::string::npos);
}

}  // namespace
}  // namespace helenus::app
