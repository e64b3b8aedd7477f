#include "http/gzip.h"

#include "http/errc.h"
#include "support/run.h"

#include <gtest/gtest.h>

namespace helenus::http {
namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024;

std::string packed(std::string text) {
  boost::asio::io_context context;
  base::virtual_clock clock;
  return *test::run(context, clock, gzip(std::move(text)));
}

/// Text that does not repeat much.
std::string varied(std::size_t size) {
  std::string text;
  for (std::uint32_t state = 1; text.size() < size; state = state * 1664525 + 1013904223) {
    text += static_cast<char>(state >> 24);
  }
  return text;
}

TEST(gzip_test, what_was_packed_comes_out_again) {
  for (const std::size_t size : {1UL, 256UL, 65'535UL, 65'536UL, 65'537UL, 300'000UL}) {
    const auto text = varied(size);
    EXPECT_TRUE(gunzip(packed(text), mebibyte) == text) << size;
  }
  const std::string flat(mebibyte, 'a');
  EXPECT_LT(packed(flat).size(), flat.size() / 100);
  EXPECT_TRUE(gunzip(packed(flat), mebibyte) == flat);
}

TEST(gzip_test, members_follow_each_other) {
  EXPECT_EQ(*gunzip(packed("one ") + packed("two"), 100), "one two");
}

TEST(gzip_test, what_is_damaged_is_refused) {
  const auto good = packed(varied(1000));
  auto flipped = good;
  flipped[flipped.size() / 2] ^= 1;
  for (const auto& wrong : {std::string(), std::string("hello"), good.substr(0, good.size() - 1),
                            good.substr(0, 5), good + "x", flipped}) {
    EXPECT_EQ(gunzip(wrong, mebibyte).error().code, errc::bad_message) << wrong.size();
  }
}

TEST(gzip_test, a_bomb_is_refused_as_soon_as_it_is_too_large) {
  const auto bomb = packed(std::string(50 * mebibyte, '\0'));
  EXPECT_LT(bomb.size(), mebibyte);
  EXPECT_EQ(gunzip(bomb, mebibyte).error().code, errc::body_too_large);
  EXPECT_EQ(gunzip(packed("12345"), 4).error().code, errc::body_too_large);
  EXPECT_EQ(*gunzip(packed("12345"), 5), "12345");
  EXPECT_EQ(gunzip(packed("1234") + packed("5"), 4).error().code, errc::body_too_large);
}

}  // namespace
}  // namespace helenus::http
