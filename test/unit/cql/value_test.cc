#include "cql/value.h"

#include <gtest/gtest.h>

#include <vector>

namespace helenus::cql {
namespace {

using namespace std::string_literals;

TEST(value, knows_its_type_and_its_bytes) {
  const value number(std::int64_t{5});
  EXPECT_EQ(number.type(), (type{type_code::bigint, {}}));
  EXPECT_EQ(number.bytes(), "\0\0\0\0\0\0\0\5"s);
  const value names(std::set<std::string>{"a"});
  EXPECT_EQ(to_text(names.type()), "set<text>");
}

TEST(value, literals_are_text_and_not_truth) {
  const value text("yes");
  EXPECT_EQ(text.type().code, type_code::text);
  EXPECT_EQ(text.bytes(), "yes");
  EXPECT_EQ(value(std::string_view("")).bytes(), "");
  EXPECT_FALSE(value("").is_null());
}

TEST(value, nothing_is_null_and_unset_is_neither) {
  EXPECT_TRUE(value().is_null());
  EXPECT_TRUE(value(nullptr).is_null());
  EXPECT_TRUE(value(std::nullopt).is_null());
  EXPECT_TRUE(value(std::optional<std::string>()).is_null());
  EXPECT_FALSE(value(std::optional<std::string>("a")).is_null());
  EXPECT_FALSE(value::unset().is_null());
  EXPECT_TRUE(value::unset().is_unset());
}

TEST(value, a_list_of_values_is_written_as_one_would_say_it) {
  const std::vector<value> values{base::uuid(), "x", 3, true, nullptr, 0.5};
  EXPECT_EQ(values[2].type().code, type_code::int_);
  EXPECT_EQ(values[3].type().code, type_code::boolean);
  EXPECT_TRUE(values[4].is_null());
}

}  // namespace
}  // namespace helenus::cql
