#include "fuzz/management/api_answer.h"
#include "fuzz/management/metrics_text.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace helenus::management::http {
namespace {

template <class Read>
int replay(const std::string& corpus, Read read) {
  int count = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(HELENUS_TEST_DIR "/fuzz/corpus/" + corpus)) {
    SCOPED_TRACE(file.path());
    std::ifstream bytes(file.path(), std::ios::binary);
    read(std::string(std::istreambuf_iterator<char>(bytes), {}));
    ++count;
  }
  return count;
}

TEST(corpus, answers_of_the_api_are_read_without_harm) {
  EXPECT_GT(replay("api_answer", fuzz::read_api_answer), 5);
}

TEST(corpus, metrics_are_read_without_harm) {
  EXPECT_GT(replay("metrics_text", fuzz::read_metrics), 3);
}

}  // namespace
}  // namespace helenus::management::http
