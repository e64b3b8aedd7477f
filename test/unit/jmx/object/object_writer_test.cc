#include "jmx/object/object_writer.h"

#include "../fixture.h"
#include "jmx/object/object_reader.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

// The bytes after the stream header, as Java writes them inside a MarshalledObject.
std::string plain(const argument& what) {
  object_writer writer(object_writer::style::plain);
  writer.write(what);
  return test::to_hex(writer.finish().substr(4));
}

value round_trip(const argument& what) {
  object_writer writer(object_writer::style::annotated);
  writer.write(what);
  auto read = read_object(writer.finish());
  EXPECT_TRUE(read.has_value());
  return read ? *read : value();
}

const std::string number = "7200106a6176612e6c616e672e4e756d62657286ac951d0b94e08b0200007870";

TEST(object_writer, single_values_have_the_bytes_of_java) {
  EXPECT_EQ(plain({}), "70");
  EXPECT_EQ(
      plain(true),
      "737200116a6176612e6c616e672e426f6f6c65616ecd207280d59cfaee0200015a000576616c7565787001");
  EXPECT_EQ(plain(std::int32_t{1}),
            "737200116a6176612e6c616e672e496e746567657212e2a0a4f781873802000149000576616c756578" +
                number + "00000001");
  EXPECT_EQ(plain(std::int64_t{1}),
            "7372000e6a6176612e6c616e672e4c6f6e673b8be490cc8f23df0200014a000576616c756578" +
                number + "0000000000000001");
  EXPECT_EQ(plain(1.0),
            "737200106a6176612e6c616e672e446f75626c6580b3c24a296bfb0402000144000576616c756578" +
                number + "3ff0000000000000");
  EXPECT_EQ(plain("a"), "74000161");
}

TEST(object_writer, collections_have_the_bytes_of_java) {
  EXPECT_EQ(plain(std::vector<std::string>{"a"}),
            "757200135b4c6a6176612e6c616e672e537472696e673badd256e7e91d7b470200007870"
            "00000001"
            "74000161");
  EXPECT_EQ(plain(argument::array({})),
            "757200135b4c6a6176612e6c616e672e4f626a6563743b90ce589f1073296c0200007870"
            "00000000");
  EXPECT_EQ(plain(argument::map_of({{"k", "v"}})),
            "737200116a6176612e7574696c2e486173684d61700507dac1c31660d103000246000a6c6f616446616374"
            "6f724900097468726573686f6c6478703f4000000000000c7708000000100000000174"
            "00016b74000176"
            "78");
  EXPECT_EQ(plain(argument::list_of({"a"})),
            "737200136a6176612e7574696c2e41727261794c6973747881d21d99c7619d03000149000473697a657870"
            "0000000177040000000174"
            "000161"
            "78");
  EXPECT_EQ(plain(argument::set({"a"})),
            "737200116a6176612e7574696c2e48617368536574ba44859596b8b7340300007870770c000000103f4000"
            "0000000001"
            "74000161"
            "78");
  EXPECT_EQ(
      plain(argument::name("d:type=T")),
      "7372001b6a617661782e6d616e6167656d656e742e4f626a6563744e616d650f03a71beb6d15cf0300007870"
      "740008643a747970653d54"
      "78");
}

TEST(object_writer, samples_of_java_are_written_the_same) {
  const auto expect = [](const std::string& name, const argument& what) {
    EXPECT_EQ(plain(what), test::to_hex(test::catalogue()[name].substr(4))) << name;
  };
  expect("Boolean", true);
  expect("Integer", std::int32_t{-70000});
  expect("Long", std::int64_t{1} << 40);
  expect("Double", -2.25);
  expect("ObjectName", argument::name("d:type=T"));
  expect("Object[]", argument::array({"a", std::int32_t{1}}));
  expect("HashMap", argument::map_of({{"k", "v"}, {"l", "w"}}));
}

TEST(object_writer, a_null_inside_a_marshalled_object_is_nothing_at_all) {
  object_writer writer(object_writer::style::plain);
  writer.write_marshalled({});
  EXPECT_EQ(test::to_hex(writer.finish().substr(4)),
            "737200196a6176612e726d692e4d61727368616c6c65644f626a6563747cbd1e97ed63fc3e020003490004"
            "686173685b00086c6f63427974657374"
            "00025b42"
            "5b00086f626a4279746573"
            "71007e0001"
            "7870"
            "0000000d"
            "7070");
}

TEST(object_writer, the_hash_of_a_marshalled_object_is_that_of_java) {
  object_writer inner(object_writer::style::plain);
  inner.write(argument::array({}));
  EXPECT_EQ(marshalled_hash(inner.finish()), 613467598);
}

TEST(object_writer, what_is_written_can_be_read) {
  const auto everything = argument::list({{},
                                          true,
                                          std::int32_t{-1},
                                          std::int64_t{1} << 50,
                                          0.5,
                                          "text",
                                          std::vector<std::string>{"x", "y"},
                                          argument::set({"s"}),
                                          argument::map({{std::int32_t{1}, "one"}}),
                                          argument::array({std::int32_t{7}, std::int32_t{8}})});
  const auto elements = *round_trip(everything).elements();
  ASSERT_EQ(elements.size(), 10U);
  EXPECT_TRUE(elements[0].is_null());
  EXPECT_TRUE(*elements[1].as_bool());
  EXPECT_EQ(*elements[2].as_int(), -1);
  EXPECT_EQ(*elements[3].as_long(), std::int64_t{1} << 50);
  EXPECT_EQ(*elements[4].as_double(), 0.5);
  EXPECT_EQ(*elements[5].as_string(), "text");
  EXPECT_EQ(*elements[6].as_strings(), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(*elements[7].as_strings(), (std::vector<std::string>{"s"}));
  EXPECT_EQ(*elements[8].entries()->at(0).second.as_string(), "one");
  EXPECT_EQ(*elements[9].as_longs(), (std::vector<std::int64_t>{7, 8}));
}

TEST(object_writer, long_strings_and_many_elements_survive) {
  const std::string text(70000, 'x');
  EXPECT_EQ(*round_trip(text).as_string(), text);
  std::map<std::string, std::string> many;
  for (int i = 0; i < 1000; ++i) many[std::to_string(i)] = "v";
  EXPECT_EQ(*round_trip(argument::map_of(many)).as_string_map(), many);
}

TEST(object_writer, long_block_data_is_cut_where_java_cuts_it) {
  object_writer writer(object_writer::style::annotated);
  writer.put_bytes(std::string(1300, 'b'));
  const auto bytes = writer.finish();
  EXPECT_EQ(test::to_hex(bytes.substr(4, 5)), "7a00000400");
  EXPECT_EQ(test::to_hex(bytes.substr(4 + 5 + 1024, 5)), "7a00000114");
  object_reader reader;
  reader.feed(bytes);
  EXPECT_EQ(**reader.take_data(1300), std::string(1300, 'b'));
}

}  // namespace
}  // namespace helenus::jmx
