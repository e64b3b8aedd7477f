#include "cql/bytes.h"

#include <gtest/gtest.h>

namespace helenus::cql {
namespace {

using namespace std::string_literals;

TEST(bytes, numbers_are_written_with_the_highest_byte_first) {
  std::string out;
  put_number(out, 0x0102, 4);
  put_bytes(out, "ab");
  put_string(out, "c");
  EXPECT_EQ(out, "\0\0\1\2\0\0\0\2ab\0\1c"s);
}

TEST(bytes, what_was_written_is_read_back) {
  const auto buffer = "\0\0\1\2\xff\xff\xff\xff\0\1c!"s;
  byte_reader from(buffer);
  EXPECT_EQ(from.number(4).value(), 0x0102u);
  EXPECT_EQ(from.integer().value(), -1);
  EXPECT_EQ(from.string().value(), "c");
  EXPECT_EQ(from.rest(), "!");
}

TEST(bytes, a_value_that_does_not_end_in_the_buffer_is_malformed) {
  EXPECT_EQ(byte_reader("\0\0\0"s).number(4).error().code, errc::malformed);
  EXPECT_EQ(byte_reader("\0\5abc"s).string().error().code, errc::malformed);
  EXPECT_EQ(byte_reader("abc").take(4).error().code, errc::malformed);
  EXPECT_EQ(byte_reader("abc").take(3).value(), "abc");
}

TEST(bytes, more_values_than_there_are_bytes_for_are_malformed) {
  EXPECT_EQ(byte_reader("\0\0\0\2abcdefgh"s).count(4).value(), 2u);
  EXPECT_EQ(byte_reader("\0\0\0\3abcdefgh"s).count(4).error().code, errc::malformed);
  EXPECT_EQ(byte_reader("\xff\xff\xff\xff"s).count(1).error().code, errc::malformed);
}

TEST(bytes, a_text_too_long_for_its_length_is_cut) {
  std::string out;
  put_string(out, std::string(70'000, 'x'));
  EXPECT_EQ(out.size(), 2u + 0xFFFF);
}

}  // namespace
}  // namespace helenus::cql
