#include "cql/codec.h"

#include <boost/asio/ip/address.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <limits>

namespace helenus::cql {
namespace {

using namespace std::string_literals;

template <class Value>
std::string written(const Value& what) {
  std::string out;
  codec<Value>::write(out, what);
  return out;
}

template <class Value>
void expect_bytes(const Value& what, const std::string& bytes) {
  EXPECT_EQ(written(what), bytes);
  const auto back = codec<Value>::read(bytes);
  ASSERT_TRUE(back.has_value()) << back.error().message();
  EXPECT_TRUE(*back == what);
}

TEST(codec, numbers_have_the_bytes_of_the_protocol) {
  expect_bytes(true, "\1"s);
  expect_bytes(false, "\0"s);
  expect_bytes(std::int8_t{-2}, "\xfe"s);
  expect_bytes(std::int16_t{-2}, "\xff\xfe"s);
  expect_bytes(std::int32_t{1000}, "\0\0\3\xe8"s);
  expect_bytes(std::int64_t{-1}, "\xff\xff\xff\xff\xff\xff\xff\xff"s);
  expect_bytes(0.9, "\x3f\xec\xcc\xcc\xcc\xcc\xcc\xcd"s);
  expect_bytes(1.5F, "\x3f\xc0\0\0"s);
}

// The bytes of java.math.BigInteger.toByteArray().
TEST(codec, a_varint_has_as_few_bytes_as_keep_its_sign) {
  expect_bytes(int128{0}, "\0"s);
  expect_bytes(int128{127}, "\x7f"s);
  expect_bytes(int128{128}, "\0\x80"s);
  expect_bytes(int128{-128}, "\x80"s);
  expect_bytes(int128{-129}, "\xff\x7f"s);
  expect_bytes(int128{std::numeric_limits<std::int64_t>::min()}, "\x80\0\0\0\0\0\0\0"s);
  expect_bytes(int128{std::numeric_limits<std::int64_t>::max()},
               "\x7f\xff\xff\xff\xff\xff\xff\xff"s);
  const auto half = int128{1} << 126;  // beyond a long, as tokens of RandomPartitioner
  expect_bytes(half, "\x40"s + std::string(15, '\0'));
  expect_bytes(-half - half, "\x80"s + std::string(15, '\0'));
}

TEST(codec, a_varint_of_more_than_128_bits_is_refused) {
  EXPECT_EQ(codec<int128>::read("\1"s + std::string(16, '\0')).error().code, errc::malformed);
  EXPECT_EQ(codec<int128>::read("").error().code, errc::malformed);
}

TEST(codec, texts_ids_times_and_addresses_have_the_bytes_of_the_protocol) {
  expect_bytes("día"s, "d\xc3\xad\x61"s);
  expect_bytes(""s, "");
  const auto id = base::uuid::parse("00010203-0405-1607-8809-0a0b0c0d0e0f").value();
  expect_bytes(id, "\0\1\2\3\4\5\x16\7\x88\x9\xa\xb\xc\xd\xe\xf"s);
  expect_bytes(timestamp(std::chrono::milliseconds(-1)), std::string(8, '\xff'));
  expect_bytes(blob{0, 255}, "\0\xff"s);
  expect_bytes(boost::asio::ip::make_address("10.0.0.1"), "\xa\0\0\1"s);
  expect_bytes(boost::asio::ip::make_address("::1"), std::string(15, '\0') + "\1");
}

TEST(codec, collections_have_the_bytes_of_the_protocol) {
  expect_bytes(std::set<std::string>{"b", "a"}, "\0\0\0\2\0\0\0\1a\0\0\0\1b"s);
  expect_bytes(std::vector<std::int32_t>{7}, "\0\0\0\1\0\0\0\4\0\0\0\7"s);
  expect_bytes(std::map<std::string, std::string>{{"k", ""}}, "\0\0\0\1\0\0\0\1k\0\0\0\0"s);
  expect_bytes(std::vector<std::set<std::string>>{{}, {"x"}},
               "\0\0\0\2\0\0\0\4\0\0\0\0\0\0\0\x9\0\0\0\1\0\0\0\1x"s);
}

TEST(codec, a_number_of_another_size_is_malformed) {
  EXPECT_EQ(codec<std::int32_t>::read("\0\0\0\0\0"s).error().code, errc::malformed);
  EXPECT_EQ(codec<std::int64_t>::read("").error().code, errc::malformed);
  EXPECT_EQ(codec<bool>::read("").error().code, errc::malformed);
  EXPECT_EQ(codec<double>::read("1234").error().code, errc::malformed);
  EXPECT_EQ(codec<base::uuid>::read("1234").error().code, errc::malformed);
  EXPECT_EQ(codec<inet>::read("12345").error().code, errc::malformed);
}

TEST(codec, a_collection_that_announces_more_than_it_has_is_malformed) {
  using set = std::set<std::string>;
  EXPECT_EQ(codec<set>::read("\x7f\xff\xff\xff\0\0\0\1a"s).error().code, errc::malformed);
  EXPECT_EQ(codec<set>::read("\xff\xff\xff\xff"s).error().code, errc::malformed);
  EXPECT_EQ(codec<set>::read("\0\0\0\1\0\0\0\5ab"s).error().code, errc::malformed);
  EXPECT_EQ(codec<set>::read("\0\0\0\1\xff\xff\xff\xff"s).error().code, errc::malformed);
}

TEST(codec, types_that_can_be_read_are_those_of_one_form) {
  EXPECT_TRUE(codec<std::string>::reads({type_code::ascii, {}}));
  EXPECT_TRUE(codec<base::uuid>::reads({type_code::timeuuid, {}}));
  EXPECT_FALSE(codec<std::int32_t>::reads({type_code::bigint, {}}));
  const type names{type_code::map, {{type_code::text, {}}, {type_code::text, {}}}};
  EXPECT_TRUE((codec<std::map<std::string, std::string>>::reads(names)));
  EXPECT_FALSE((codec<std::map<std::string, base::uuid>>::reads(names)));
}

}  // namespace
}  // namespace helenus::cql
