#include "jmx/object/serialized_form.h"

#include "../fixture.h"
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

value sample(const std::string& name) { return *read_object(test::catalogue()[name]); }

TEST(serialized_form, fields_of_unknown_classes_can_be_read) {
  const auto object = sample("every field");
  EXPECT_EQ(*object.long_field("b"), -1);
  EXPECT_EQ(*object.long_field("c"), 'x');
  EXPECT_EQ(*object.long_field("i"), -7);
  EXPECT_EQ(*object.long_field("j"), std::int64_t{1} << 40);
  EXPECT_EQ(*object.long_field("s"), -300);
  EXPECT_EQ(*object.long_field("z"), 1);
  EXPECT_EQ(find_field(object, "d")->real(), 1.5);
  EXPECT_EQ(find_field(object, "f")->real(), 2.5);
  EXPECT_FALSE(object.long_field("d").has_value());
  EXPECT_TRUE(object.field("self")->same_as(object));
  EXPECT_EQ(object.field("grid")->elements()->at(1).elements()->size(), 2U);
  EXPECT_FALSE(object.field("self", "another.Class").has_value());
}

TEST(serialized_form, a_field_that_a_known_class_lacks_or_has_otherwise_is_an_error) {
  const auto own = sample("NotificationResult");
  EXPECT_EQ(own.long_field("noSuchNumber").error().code, make_error_code(errc::wrong_type));
  EXPECT_EQ(own.long_field("targetedNotifications").error().code,
            make_error_code(errc::wrong_type));
  EXPECT_EQ(own.field("nextSequenceNumber").error().code, make_error_code(errc::wrong_type));
}

TEST(serialized_form, what_is_no_object_has_no_fields) {
  EXPECT_FALSE(find_field(value(), "x").has_value());
  EXPECT_FALSE(find_field(sample("String"), "x").has_value());
  EXPECT_FALSE(find_field(sample("Externalizable"), "x").has_value());
}

TEST(serialized_form, own_data_is_walked_in_order) {
  const auto list = sample("LinkedList");
  content_cursor contents(list, "java.util.LinkedList");
  EXPECT_FALSE(contents.number(8).has_value()) << "only four bytes are there";
  EXPECT_EQ(contents.integer(), 2);
  EXPECT_FALSE(contents.integer().has_value()) << "an object comes first";
  EXPECT_EQ(*contents.next()->as_string(), "a");
  EXPECT_EQ(*contents.next()->as_string(), "b");
  EXPECT_FALSE(contents.next().has_value());
  EXPECT_FALSE(contents.integer().has_value());
}

TEST(serialized_form, data_before_an_object_can_be_skipped) {
  content_cursor contents(sample("LinkedList"), "java.util.LinkedList");
  EXPECT_EQ(contents.data(2), std::string_view("\0\0", 2));
  EXPECT_EQ(*contents.next()->as_string(), "a");
}

TEST(serialized_form, another_class_wrote_nothing) {
  content_cursor contents(sample("LinkedList"), "another.Class");
  EXPECT_FALSE(contents.next().has_value());
  content_cursor none(value(), "another.Class");
  EXPECT_FALSE(none.integer().has_value());
}

}  // namespace
}  // namespace helenus::jmx
