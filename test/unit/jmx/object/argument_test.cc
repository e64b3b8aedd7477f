#include "jmx/object/argument.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

TEST(argument, plain_values_keep_their_java_types) {
  EXPECT_TRUE(std::holds_alternative<std::monostate>(argument().data()));
  EXPECT_TRUE(std::holds_alternative<std::string>(argument("text").data())) << "not a bool";
  EXPECT_TRUE(std::holds_alternative<bool>(argument(true).data()));
  EXPECT_TRUE(std::holds_alternative<std::int32_t>(argument(1).data()));
  EXPECT_TRUE(std::holds_alternative<std::int64_t>(argument(std::int64_t{1}).data()));
  EXPECT_TRUE(std::holds_alternative<double>(argument(1.0).data()));
}

TEST(argument, collections_keep_their_kind_and_order) {
  const auto list = std::get<argument::sequence>(argument::list_of({"b", "a"}).data());
  EXPECT_EQ(list.kind, argument::sequence_kind::list);
  EXPECT_EQ(std::get<std::string>(list.elements[0].data()), "b");
  EXPECT_EQ(std::get<argument::sequence>(argument::set({}).data()).kind,
            argument::sequence_kind::set);
  EXPECT_EQ(std::get<argument::sequence>(argument::array({}).data()).kind,
            argument::sequence_kind::array);
  EXPECT_EQ(std::get<argument::dictionary>(argument::map_of({{"k", "v"}}).data()).entries.size(),
            1U);
  EXPECT_EQ(std::get<argument::name_text>(argument::name("d:a=1").data()).text, "d:a=1");
}

}  // namespace
}  // namespace helenus::jmx
