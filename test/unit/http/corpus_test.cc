#include "fuzz/http/answer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace helenus::http {
namespace {

TEST(corpus, answers_of_peers_are_read_without_harm) {
  int read = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(HELENUS_TEST_DIR "/fuzz/corpus/http_answer")) {
    SCOPED_TRACE(file.path());
    std::ifstream bytes(file.path(), std::ios::binary);
    const std::string whole(std::istreambuf_iterator<char>(bytes), {});
    fuzz::read_answer(whole);
    for (int choice = 0; choice < 16; ++choice) {  // in other pieces, and as answers to HEAD
      fuzz::read_answer(static_cast<char>(choice) + whole.substr(1));
    }
    ++read;
  }
  EXPECT_GT(read, 5);
}

}  // namespace
}  // namespace helenus::http
