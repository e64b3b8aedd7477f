#include "cql/type.h"

#include <gtest/gtest.h>

namespace helenus::cql {
namespace {

const type text{type_code::text, {}};
const type uuid{type_code::uuid, {}};

TEST(type, reads_as_in_a_table_definition) {
  EXPECT_EQ(to_text({type_code::map, {text, {type_code::list, {{type_code::int_, {}}}}}}),
            "map<text, list<int>>");
  EXPECT_EQ(to_text({type_code{0x77}, {}}), "type 119");
}

TEST(type, names_of_one_form_are_compatible) {
  EXPECT_TRUE(compatible({type_code::ascii, {}}, text));
  EXPECT_TRUE(compatible({type_code::timeuuid, {}}, uuid));
  EXPECT_TRUE(compatible({type_code::counter, {}}, {type_code::bigint, {}}));
  EXPECT_TRUE(compatible({type_code::set, {{type_code::timeuuid, {}}}}, {type_code::set, {uuid}}));
}

TEST(type, other_types_are_not_compatible) {
  EXPECT_FALSE(compatible(text, uuid));
  EXPECT_FALSE(compatible({type_code::int_, {}}, {type_code::bigint, {}}));
  EXPECT_FALSE(compatible({type_code::set, {text}}, {type_code::set, {uuid}}));
  EXPECT_FALSE(compatible({type_code::set, {text}}, {type_code::list, {text}}));
  EXPECT_FALSE(compatible({type_code::map, {text, text}}, {type_code::map, {text}}));
}

}  // namespace
}  // namespace helenus::cql
