// How object_reader reads class descriptors.
#include "../fixture.h"
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace helenus::jmx {
namespace {

const std::string header = "aced0005";

errc code_of(const std::string& hex) {
  const auto read = read_object(test::from_hex(header + hex));
  return read ? errc{} : static_cast<errc>(read.error().code.value());
}

TEST(object_reader_classes, contradictory_class_descriptors_are_refused) {
  const auto object_of = [](const std::string& flags, const std::string& fields) {
    return "73720001"
           "41"
           "0000000000000000" +
           flags + fields + "7870";
  };
  EXPECT_EQ(code_of(object_of("06", "0000")), errc::malformed) << "serializable in two ways";
  EXPECT_EQ(code_of(object_of("01", "0000")), errc::malformed)
      << "own data without being serializable";
  EXPECT_EQ(code_of(object_of("08", "0000")), errc::malformed)
      << "blocks without being externalizable";
  EXPECT_EQ(code_of(object_of("00", "0000")), errc::malformed)
      << "an object of no serializable class";
  EXPECT_EQ(code_of(object_of("12", "0000")), errc::malformed) << "an enum as object";
  EXPECT_EQ(code_of(object_of("12",
                              "0001"
                              "49000161")),
            errc::malformed)
      << "an enum with fields";
  EXPECT_EQ(code_of(object_of("00",
                              "0001"
                              "49000161")),
            errc::malformed)
      << "fields without data";
  EXPECT_EQ(code_of(object_of("02",
                              "0001"
                              "58000161")),
            errc::malformed)
      << "an unknown type";
  EXPECT_EQ(code_of(object_of("02",
                              "0001"
                              "4c000161"
                              "740002"
                              "5b49")),
            errc::malformed)
      << "two types of one field";
  EXPECT_EQ(code_of(object_of("02",
                              "0001"
                              "4c000161"
                              "70")),
            errc::malformed)
      << "no type string";
  EXPECT_EQ(code_of(object_of("02",
                              "0001"
                              "4c000161"
                              "73")),
            errc::malformed)
      << "not a string";
  EXPECT_EQ(code_of("7370"), errc::malformed) << "an object without class";
  EXPECT_EQ(code_of("7374"
                    "0000"),
            errc::malformed)
      << "a string as class";
  EXPECT_EQ(code_of("75720001"
                    "41"
                    "0000000000000000"
                    "020000"
                    "7870"
                    "00000000"),
            errc::malformed)
      << "an array of no array class";
  EXPECT_EQ(code_of("7e720001"
                    "41"
                    "0000000000000000"
                    "020000"
                    "7870"
                    "740001"
                    "61"),
            errc::malformed)
      << "a constant of no enum";
}

// Java writes a number of fields or interfaces in two or four bytes.
std::string number(std::size_t value, int digits) {
  char text[9];
  std::snprintf(text, sizeof text, "%0*zx", digits, value);
  return text;
}

TEST(object_reader_classes, the_sizes_of_classes_are_limited_as_they_come) {
  const auto with_fields = [](std::size_t count) {
    std::string fields;
    std::string data;
    for (std::size_t i = 0; i < count; ++i) {
      fields += "42000161";  // a byte named "a"
      data += "00";
    }
    return "73720001410000000000000000" + ("02" + number(count, 4)) + fields + "7870" + data;
  };
  EXPECT_EQ(code_of(with_fields(512)), errc{});
  EXPECT_EQ(code_of(with_fields(513)), errc::limit_exceeded);

  const auto with_chain = [](std::size_t classes) {
    std::string chain;
    for (std::size_t i = 0; i < classes; ++i) {
      chain += "720004" + test::to_hex(number(i, 4)) + "0000000000000000" + "020000" + "78";
    }
    return "73" + chain + "70";
  };
  EXPECT_EQ(code_of(with_chain(32)), errc{});
  EXPECT_EQ(code_of(with_chain(33)), errc::limit_exceeded);

  const auto with_interfaces = [](std::size_t count) {
    std::string names;
    for (std::size_t i = 0; i < count; ++i) names += "000161";
    return "737d" + number(count, 8) + names + "7870";
  };
  EXPECT_EQ(code_of(with_interfaces(64)), errc{});
  EXPECT_EQ(code_of(with_interfaces(65)), errc::limit_exceeded);
  EXPECT_EQ(code_of("737dffffffff"), errc::limit_exceeded);
}

TEST(object_reader_classes, annotations_of_any_kind_are_skipped) {
  // The codebase of a server as a string, then a block, then an array.
  const auto read = read_object(test::from_hex(header + "73720001"
                                                        "41"
                                                        "0000000000000000"
                                                        "020001"
                                                        "49000161"
                                                        "740003"
                                                        "782f79"
                                                        "7702ffff"
                                                        "757200025b42acf317f8060854e00200007870"
                                                        "00000001"
                                                        "ff"
                                                        "78"
                                                        "70"
                                                        "00000007"));
  ASSERT_TRUE(read.has_value()) << read.error().message();
  EXPECT_EQ(*read->long_field("a"), 7);
}

}  // namespace
}  // namespace helenus::jmx
