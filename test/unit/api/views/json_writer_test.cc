#include "api/views/json_writer.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

TEST(json_writer_test, commas_stand_between_members_and_elements_only) {
  json_writer out;
  out.begin_object();
  out.key("a").begin_array().integer(1).integer(2).begin_object().end_object().end_array();
  out.key("b").flag(true);
  out.key("c").null();
  out.key("d").begin_object().key("e").text("f").end_object();
  out.end_object();
  EXPECT_EQ(out.take(), R"({"a":[1,2,{}],"b":true,"c":null,"d":{"e":"f"}})");
}

TEST(json_writer_test, texts_are_escaped) {
  json_writer out;
  out.text("a\"b\\c\n\x01\u20ac");
  EXPECT_EQ(out.take(), "\"a\\\"b\\\\c\\u000a\\u0001\u20ac\"");
}

TEST(json_writer_test, a_letter_is_escaped_wherever_it_stands) {
  for (std::size_t length = 1; length <= 40; ++length) {
    for (std::size_t place = 0; place < length; ++place) {
      std::string text(length, 'x');
      text[place] = '"';
      json_writer out;
      out.text(text);
      EXPECT_EQ(out.take(), '"' + std::string(place, 'x') + "\\\"" +
                                std::string(length - place - 1, 'x') + '"');
    }
  }
}

TEST(json_writer_test, numbers_are_the_shortest_that_read_back) {
  json_writer out;
  out.begin_array().number(1).number(0.1).number(0.8999999761581421).number(1e300).end_array();
  EXPECT_EQ(out.take(), "[1.0,0.1,0.8999999761581421,1e+300]");
}

TEST(json_writer_test, integers_may_be_larger_than_64_bits) {
  json_writer out;
  out.digits("170141183460469231731687303715884105727");
  EXPECT_EQ(out.take(), "170141183460469231731687303715884105727");
}

}  // namespace
}  // namespace helenus::api
