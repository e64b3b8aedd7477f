#include "jmx/remote/results.h"

#include "../fixture.h"
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

value sample(const std::string& name) { return *read_object(test::catalogue()[name]); }

TEST(results, an_attribute_list_is_names_and_values) {
  const auto attributes = *read_attributes(sample("AttributeList"));
  ASSERT_EQ(attributes.size(), 2U);
  EXPECT_EQ(attributes[0].first, "a");
  EXPECT_EQ(*attributes[0].second.as_int(), 1);
  EXPECT_EQ(*attributes[1].second.as_string(), "x");
  EXPECT_FALSE(read_attributes(sample("ArrayList")).has_value());
  EXPECT_FALSE(read_attributes(sample("HashMap")).has_value());
}

TEST(results, a_composite_has_items) {
  const auto row = *composite::read(sample("CompositeData"));
  EXPECT_EQ(row.type(), "row");
  EXPECT_EQ(*row.item("keyspace")->as_string(), "ks1");
  EXPECT_EQ(*row.item("size")->as_long(), 10);
  EXPECT_TRUE(row.has("size"));
  EXPECT_FALSE(row.has("nothing"));
  EXPECT_EQ(row.item("nothing").error().message(), "no item nothing in a composite row");
  EXPECT_EQ(row.items().size(), 2U);
  EXPECT_EQ(composite::read(sample("HashMap")).error().message(),
            "expected a CompositeData, got java.util.HashMap");
}

TEST(results, rows_come_from_tables_lists_and_arrays) {
  for (const auto* name : {"TabularData", "CompositeData[]", "list of CompositeData"}) {
    const auto rows = *read_rows(sample(name));
    ASSERT_EQ(rows.size(), 2U) << name;
    EXPECT_EQ(rows[0].item("keyspace")->as_string().value().substr(0, 2), "ks");
  }
  EXPECT_EQ(read_rows(sample("String")).error().message(),
            "expected a TabularData, got java.lang.String");
  EXPECT_FALSE(read_rows(sample("ArrayList")).has_value());
}

TEST(results, names_are_read_from_a_set) {
  object_reader reader;
  reader.feed(std::string_view(test::recorded_session()["queryNames reply"]).substr(1));
  const auto names = *read_names((*reader.take_value())->what);
  ASSERT_EQ(names.size(), 2U);
  EXPECT_EQ(names[0].value_of("scope"), "t1");
  EXPECT_FALSE(read_names(sample("ArrayList")).has_value());
}

TEST(results, an_mbean_tells_its_attributes_and_operations) {
  const auto info = *read_mbean_info(sample("MBeanInfo"));
  EXPECT_EQ(info.class_name, "com.example.Bean");
  ASSERT_EQ(info.attributes.size(), 2U);
  EXPECT_EQ(info.attributes[0].name, "Size");
  EXPECT_EQ(info.attributes[0].type, "long");
  EXPECT_TRUE(info.attributes[0].readable);
  EXPECT_FALSE(info.attributes[0].writable);
  EXPECT_TRUE(info.attributes[1].writable);
  ASSERT_EQ(info.operations.size(), 1U);
  EXPECT_EQ(info.operations[0].type, "void");
  EXPECT_EQ(info.operations[0].parameters, std::vector<std::string>{"java.lang.String"});
  EXPECT_TRUE(info.has_attribute("Rate"));
  EXPECT_FALSE(info.has_attribute("Nope"));
  EXPECT_TRUE(info.has_operation("flush"));
  EXPECT_FALSE(info.has_operation("nope"));
  EXPECT_FALSE(read_mbean_info(sample("String")).has_value());
}

}  // namespace
}  // namespace helenus::jmx
