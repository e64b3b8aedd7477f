// How object_reader reads class descriptors.
#include "../fixture.h"
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"

#include <gtest/gtest.h>

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
