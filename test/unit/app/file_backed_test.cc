#include "app/file_backed.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace helenus::app {
namespace {

namespace fs = std::filesystem;

TEST(file_backed_test, a_file_of_the_same_size_and_time_is_another_one) {
  const auto folder =
      fs::temp_directory_path() / ("helenus-file-backed-test-" + std::to_string(getpid()));
  fs::create_directories(folder);
  const auto file = folder / "secret";
  const auto missing = state_of({file.string()});
  std::ofstream(file) << "one";
  const auto before = state_of({file.string()});
  EXPECT_NE(before, missing);
  EXPECT_EQ(state_of({file.string()}), before);
  std::ofstream(folder / "new") << "two";
  fs::last_write_time(folder / "new", fs::last_write_time(file));
  fs::rename(folder / "new", file);
  EXPECT_NE(state_of({file.string()}), before);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace helenus::app
