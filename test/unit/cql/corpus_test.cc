#include "fuzz/cql/answer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace helenus::cql {
namespace {

TEST(corpus, answers_of_the_driver_are_read_without_harm) {
  int read = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(HELENUS_TEST_DIR "/fuzz/corpus/cql_answer")) {
    SCOPED_TRACE(file.path());
    std::ifstream bytes(file.path(), std::ios::binary);
    const std::string whole(std::istreambuf_iterator<char>(bytes), {});
    fuzz::read_answer(whole);
    ++read;
  }
  EXPECT_GT(read, 3);
}

}  // namespace
}  // namespace helenus::cql
