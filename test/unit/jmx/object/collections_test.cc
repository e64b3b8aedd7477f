#include "../fixture.h"
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

using strings = std::vector<std::string>;
using string_map = std::map<std::string, std::string>;

value sample(const std::string& name) {
  auto read = read_object(test::catalogue()[name]);
  EXPECT_TRUE(read.has_value()) << name << ": " << read.error().message();
  return read ? *read : value();
}

value from_hex(const std::string& text) {
  auto read = read_object(test::from_hex("aced0005" + text));
  EXPECT_TRUE(read.has_value()) << read.error().message();
  return read ? *read : value();
}

TEST(collections, every_known_collection_has_its_elements) {
  for (const auto* name : {"ArrayList",
                           "LinkedList",
                           "ArrayDeque",
                           "CopyOnWriteArrayList",
                           "Vector",
                           "Stack",
                           "PriorityQueue",
                           "ConcurrentLinkedQueue",
                           "LinkedBlockingQueue",
                           "Arrays$ArrayList",
                           "List.of",
                           "Stream.toList",
                           "UnmodifiableList",
                           "UnmodifiableCollection",
                           "SynchronizedList",
                           "HashSet",
                           "LinkedHashSet",
                           "TreeSet",
                           "ConcurrentSkipListSet",
                           "KeySetView",
                           "CopyOnWriteArraySet",
                           "SetFromMap",
                           "UnmodifiableSet",
                           "SynchronizedSet",
                           "UnmodifiableSortedSet"}) {
    const auto read = sample(name).as_strings();
    ASSERT_TRUE(read.has_value()) << name << ": " << read.error().message();
    EXPECT_EQ(*read, (strings{"a", "b"})) << name;
  }
  EXPECT_EQ(*sample("List.of 3").as_strings(), (strings{"a", "b", "c"}));
  EXPECT_EQ(*sample("SingletonList").as_strings(), strings{"a"});
  EXPECT_EQ(*sample("SingletonSet").as_strings(), strings{"a"});
  EXPECT_EQ(*sample("Set.of").as_strings(), strings{"a"});
  EXPECT_EQ(*sample("CopiesList").as_strings(), (strings{"a", "a", "a"}));
  EXPECT_TRUE(sample("EmptyList").elements()->empty());
  EXPECT_TRUE(sample("EmptySet").elements()->empty());
  EXPECT_EQ(*sample("EnumSet").elements()->at(0).as_enum(), "RED");
}

TEST(collections, every_known_map_has_its_entries) {
  for (const auto* name :
       {"HashMap", "LinkedHashMap", "TreeMap", "TreeMap with comparator", "Hashtable", "Properties",
        "ConcurrentHashMap", "ConcurrentSkipListMap", "IdentityHashMap", "UnmodifiableMap",
        "SynchronizedMap", "UnmodifiableSortedMap"}) {
    const auto read = sample(name).as_string_map();
    ASSERT_TRUE(read.has_value()) << name << ": " << read.error().message();
    EXPECT_EQ(*read, (string_map{{"k", "v"}, {"l", "w"}})) << name;
  }
  EXPECT_EQ(*sample("Map.of").as_string_map(), (string_map{{"k", "v"}}));
  EXPECT_EQ(*sample("SingletonMap").as_string_map(), (string_map{{"k", "v"}}));
  EXPECT_TRUE(sample("EmptyMap").entries()->empty());
  EXPECT_EQ(*sample("EnumMap").entries()->at(0).first.as_enum(), "RED");
}

TEST(collections, keys_may_be_lists) {
  const auto entries = *sample("map of lists").entries();
  EXPECT_EQ(*entries.at(0).first.as_strings(), (strings{"1", "2"}));
  EXPECT_EQ(*entries.at(0).second.as_strings(), (strings{"10.0.0.1", "10.0.0.2"}));
}

TEST(collections, a_map_is_no_list_and_the_other_way_round) {
  EXPECT_EQ(sample("ArrayList").entries().error().message(),
            "expected a java.util.Map, got java.util.ArrayList");
  EXPECT_EQ(sample("HashMap").elements().error().message(),
            "expected a java.util.Collection, got java.util.HashMap");
  EXPECT_EQ(sample("List.of").entries().error().message(),
            "expected a java.util.Map, got java.util.CollSer");
  EXPECT_EQ(sample("Map.of").elements().error().message(),
            "expected a java.util.Collection, got java.util.CollSer");
}

TEST(collections, a_part_of_a_map_is_not_taken_for_the_whole) {
  EXPECT_FALSE(sample("SubMap").entries().has_value());
}

TEST(collections, a_list_that_contains_itself_is_harmless) {
  const auto list = sample("list in itself");
  EXPECT_TRUE(list.elements()->at(0).same_as(list));
  EXPECT_LT(describe(list).size(), 2100U);
}

TEST(collections, a_reference_bomb_is_read_and_described_in_bounded_time) {
  const auto bomb = sample("reference bomb");
  EXPECT_EQ(bomb.elements()->size(), 2U);
  EXPECT_LT(describe(bomb).size(), 2100U);
}

// Class descriptors of Guava, whose values cannot be made without its jar.
const std::string list_form =
    "737200"
    "36636f6d2e676f6f676c652e636f6d6d6f6e2e636f6c6c6563742e496d6d757461626c654c6973742453"
    "657269616c697a6564466f726d0000000000000000020001"
    "5b0008656c656d656e7473"
    "740013"
    "5b4c6a6176612f6c616e672f4f626a6563743b"
    "7870";
const std::string object_array =
    "757200135b4c6a6176612e6c616e672e4f626a6563743b90ce589f1073296c0200007870";

TEST(collections, an_immutable_list_of_guava_is_a_list) {
  EXPECT_EQ(*from_hex(list_form + object_array +
                      "00000002"
                      "740001"
                      "61"
                      "740001"
                      "62")
                 .as_strings(),
            (strings{"a", "b"}));
}

// A class with fields keys and values of type Object.
const std::string map_form =
    "737200"
    "35636f6d2e676f6f676c652e636f6d6d6f6e2e636f6c6c6563742e496d6d757461626c654d6170245365"
    "7269616c697a6564466f726d0000000000000000020002"
    "4c00046b657973"
    "740012"
    "4c6a6176612f6c616e672f4f626a6563743b"
    "4c000676616c756573"
    "71007e0001"
    "7870";

TEST(collections, an_immutable_map_of_guava_is_two_columns) {
  const auto a = object_array +
                 "00000001"
                 "740001"
                 "6b";
  const auto b =
      "7571007e0003"
      "00000001"
      "740001"
      "76";
  EXPECT_EQ(*from_hex(map_form + a + b).as_string_map(), (string_map{{"k", "v"}}));
  EXPECT_EQ(from_hex(map_form + a +
                     "7571007e0003"
                     "00000000")
                .entries()
                .error()
                .message(),
            "a map with 1 keys and 0 values");
}

// A class without fields that writes by itself.
std::string custom(const std::string& name, const std::string& contents) {
  char length[5];
  std::snprintf(length, sizeof length, "%04zx", name.size());
  return "7372" + std::string(length) + test::to_hex(name) +
         "0000000000000000"
         "030000"
         "7870" +
         contents + "78";
}

TEST(collections, multimaps_repeat_their_keys) {
  const auto read = from_hex(custom("com.google.common.collect.ImmutableListMultimap",
                                    "770400000001"
                                    "740001"
                                    "6b"
                                    "770400000002"
                                    "740001"
                                    "76"
                                    "740001"
                                    "77"));
  const auto entries = *read.entries();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(*entries[1].first.as_string(), "k");
  EXPECT_EQ(*entries[1].second.as_string(), "w");
  EXPECT_EQ(from_hex(custom("com.google.common.collect.ImmutableSetMultimap",
                            "70"
                            "770400000000"))
                .entries()
                ->size(),
            0U);
}

TEST(collections, a_collection_that_ends_early_is_malformed) {
  for (const auto& [name, contents] : std::vector<std::pair<std::string, std::string>>{
           {"java.util.LinkedList",
            "77047fffffff"
            "740001"
            "61"},
           {"java.util.LinkedList", "7704ffffffff"},
           {"java.util.LinkedList", ""},
           {"java.util.LinkedList", "77020000"},
           {"java.util.HashSet", "770400000001"},
           {"java.util.TreeSet", ""},
           {"java.util.concurrent.ConcurrentLinkedQueue",
            "740001"
            "61"},
           {"java.util.concurrent.ConcurrentHashMap",
            "740001"
            "61"},
           {"com.google.common.collect.ImmutableListMultimap", ""},
           {"com.google.common.collect.ImmutableListMultimap", "770400000001"},
           {"com.google.common.collect.ImmutableListMultimap",
            "770400000001"
            "70"
            "770400000001"},
       }) {
    const auto read = from_hex(custom(name, contents));
    const auto list = read.elements();
    const auto map = read.entries();
    EXPECT_FALSE(list.has_value() || map.has_value()) << name;
    EXPECT_TRUE((!list.has_value() && list.error().code == make_error_code(errc::malformed)) ||
                (!map.has_value() && map.error().code == make_error_code(errc::malformed)))
        << name;
  }
}

TEST(collections, announced_capacities_mean_nothing_and_of_equal_keys_the_last_counts) {
  const auto map = [](const std::string& head, const std::string& contents) {
    return from_hex(custom("java.util.HashMap", head + contents));
  };
  const std::string a = "74000161";
  const std::string b = "74000162";
  const auto twice = map("77087fffffff00000002", a + a + a + b);
  EXPECT_EQ(twice.entries()->size(), 2U);
  EXPECT_EQ(*twice.as_string_map(), (string_map{{"a", "b"}}));
  const auto with_null = map("7708ffffffff00000002", "70" + a + a + "70");
  ASSERT_EQ(with_null.entries()->size(), 2U);
  EXPECT_TRUE(with_null.entries()->at(0).first.is_null());
  EXPECT_TRUE(with_null.entries()->at(1).second.is_null());
  EXPECT_EQ(with_null.as_string_map().error().code, make_error_code(errc::wrong_type));
  EXPECT_EQ(map("7708000000017fffffff", a + b).entries().error().code,
            make_error_code(errc::malformed));
}

// A class with one reference field.
std::string holder(const std::string& name, const std::string& field) {
  char lengths[2][5];
  std::snprintf(lengths[0], 5, "%04zx", name.size());
  std::snprintf(lengths[1], 5, "%04zx", field.size());
  return "7372" + std::string(lengths[0]) + test::to_hex(name) +
         "0000000000000000"
         "020001"
         "4c" +
         lengths[1] + test::to_hex(field) +
         "740012"
         "4c6a6176612f6c616e672f4f626a6563743b"
         "7870";
}

TEST(collections, a_circle_of_wrappers_ends_in_an_error) {
  const auto read =
      from_hex(holder("java.util.Collections$UnmodifiableCollection", "c") + "71007e0002");
  EXPECT_EQ(read.elements().error().code, make_error_code(errc::limit_exceeded));
}

TEST(collections, a_field_of_another_form_is_a_wrong_type) {
  EXPECT_EQ(from_hex(holder("java.util.Arrays$ArrayList", "a") + "70").elements().error().code,
            make_error_code(errc::wrong_type));
  EXPECT_EQ(from_hex(holder("java.util.Arrays$ArrayList", "x") + "70").elements().error().code,
            make_error_code(errc::wrong_type));
}

TEST(collections, a_list_of_a_billion_copies_is_refused) {
  const auto list = [](const std::string& copies) {
    return from_hex("73720020" + test::to_hex("java.util.Collections$CopiesLisu").substr(0, 62) +
                    "74"
                    "26033c45b17003f8"
                    "020002"
                    "4900016e"
                    "4c0007656c656d656e74"
                    "740012"
                    "4c6a6176612f6c616e672f4f626a6563743b"
                    "7870" +
                    copies + "70");
  };
  EXPECT_EQ(list("00000002").elements()->size(), 2U);
  EXPECT_EQ(list("3fffffff").elements().error().code, make_error_code(errc::limit_exceeded));
  EXPECT_EQ(list("ffffffff").elements().error().code, make_error_code(errc::malformed));
}

}  // namespace
}  // namespace helenus::jmx
