#include "config/process_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace helenus::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

process_environment read(std::vector<std::string> entries) {
  std::vector<const char*> all;
  for (const auto& entry : entries) all.push_back(entry.c_str());
  all.push_back(nullptr);
  return read_environment(all.data());
}

/// A file with a secret, removed with the test.
class process_environment_test : public ::testing::Test {
 protected:
  process_environment_test() { std::ofstream(file) << "s3cret\nsecond line\n"; }
  ~process_environment_test() override { std::filesystem::remove(file); }

  std::string file = (std::filesystem::temp_directory_path() /
                      ("helenus-environment-test-" + std::to_string(getpid())))
                         .string();
};

TEST_F(process_environment_test, an_entry_is_a_name_and_a_value) {
  const auto made = read({"A=1", "B=", "C=x=y", "none"});
  const auto lookup = made.lookup();
  EXPECT_EQ(lookup("A"), "1");
  EXPECT_EQ(lookup("B"), "");
  EXPECT_EQ(lookup("C"), "x=y");
  EXPECT_EQ(lookup("none"), std::nullopt);
}

TEST_F(process_environment_test, a_name_that_is_there_twice_is_accepted) {
  EXPECT_THAT(
      read({"REAPER_SKIP_SCHEMA_MIGRATION=true", "REAPER_SKIP_SCHEMA_MIGRATION=true"}).warnings,
      IsEmpty());
  const auto different = read({"A=1", "A=2"});
  EXPECT_EQ(different.values.at("A"), "2");
  EXPECT_THAT(different.warnings, ElementsAre(HasSubstr("A is set twice")));
}

TEST_F(process_environment_test, secrets_come_from_files) {
  const auto made = read({"REAPER_AUTH_PASSWORD_FILE=" + file, "OTHER_FILE=" + file});
  EXPECT_EQ(made.lookup()("REAPER_AUTH_PASSWORD"), "s3cret");
  EXPECT_EQ(made.lookup()("OTHER"), std::nullopt) << "not every name of a file is one of a secret";
  EXPECT_THAT(made.problems, IsEmpty());
}

TEST_F(process_environment_test, an_empty_name_of_a_file_is_none_and_an_empty_value_gives_way) {
  EXPECT_EQ(read({"JWT_SECRET=x", "JWT_SECRET_FILE="}).lookup()("JWT_SECRET"), "x");
  EXPECT_EQ(read({"JWT_SECRET=", "JWT_SECRET_FILE=" + file}).lookup()("JWT_SECRET"), "s3cret");
}

TEST_F(process_environment_test, both_forms_are_a_problem) {
  const auto both = read({"JWT_SECRET=x", "JWT_SECRET_FILE=" + file});
  ASSERT_EQ(both.problems.size(), 1U);
  EXPECT_EQ(to_text("environment", both.problems),
            "environment: JWT_SECRET_FILE: JWT_SECRET is set as well; one is accepted\n");
}

TEST_F(process_environment_test, a_file_that_does_not_hold_its_secret_yet_is_named) {
  std::ofstream(file) << "\n";
  const auto made = read({"JWT_SECRET_FILE=/nowhere", "REAPER_CASS_AUTH_PASSWORD_FILE=" + file});
  EXPECT_THAT(made.problems, IsEmpty());
  EXPECT_THAT(made.missing_secrets,
              ElementsAre(HasSubstr("JWT_SECRET_FILE: the file '/nowhere'"),
                          HasSubstr("REAPER_CASS_AUTH_PASSWORD_FILE: the file '" + file + "'")));
  EXPECT_THAT(made.secret_files, ElementsAre("/nowhere", file));
}

TEST_F(process_environment_test, a_file_that_can_hold_no_secret_is_a_problem) {
  std::ofstream(file) << std::string(5000, 'x');
  EXPECT_THAT(to_text("environment", read({"JWT_SECRET_FILE=" + file}).problems),
              HasSubstr("JWT_SECRET_FILE: the file '" + file + "' must hold one line"));
}

TEST_F(process_environment_test, that_of_this_process_has_a_path) {
  EXPECT_TRUE(read_environment().lookup()("PATH"));
}

}  // namespace
}  // namespace helenus::config
