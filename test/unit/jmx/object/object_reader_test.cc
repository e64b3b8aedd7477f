#include "jmx/object/object_reader.h"

#include "../fixture.h"
#include "jmx/errc.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

const std::string header = "aced0005";

errc code_of(const std::string& hex, reader_limits limits = {}) {
  const auto read = read_object(test::from_hex(header + hex), limits);
  return read ? errc{} : static_cast<errc>(read.error().code.value());
}

TEST(object_reader, every_sample_reads_the_same_byte_by_byte_and_is_complete_at_its_end_only) {
  for (const auto& [name, bytes] : test::catalogue().all()) {
    object_reader whole;
    whole.feed(bytes);
    const auto expected = whole.take_value();
    object_reader slow;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (i > 0 && i + 1 < bytes.size()) {
        const auto early = slow.take_value();
        if (!early) break;  // a sample that is refused
        ASSERT_FALSE(early->has_value()) << name << " ended at " << i;
      }
      slow.feed(std::string_view(bytes).substr(i, 1));
    }
    const auto read = slow.take_value();
    ASSERT_EQ(read.has_value(), expected.has_value()) << name;
    if (!expected) {
      EXPECT_EQ(read.error().message(), expected.error().message()) << name;
      continue;
    }
    ASSERT_TRUE(expected->has_value()) << name;
    ASSERT_TRUE(read->has_value()) << name;
    EXPECT_EQ((*read)->aborted, (*expected)->aborted) << name;
    EXPECT_EQ(describe((*read)->what), describe((*expected)->what)) << name;
    EXPECT_TRUE(slow.rest().empty()) << name;
  }
}

TEST(object_reader, a_changed_byte_never_breaks_the_reader) {
  for (const auto& [name, bytes] : test::catalogue().all()) {
    for (std::size_t i = 4; i < bytes.size(); i += 1 + bytes.size() / 25) {
      for (const char flip : {'\x01', '\xff'}) {
        auto changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ flip);
        const auto read = read_object(changed);
        if (read) describe(*read, 100);
      }
    }
  }
}

TEST(object_reader, a_server_that_fails_half_way_gives_its_exception) {
  object_reader reader;
  reader.feed(test::catalogue()["aborted"]);
  const auto read = reader.take_value();
  ASSERT_TRUE(read.has_value() && read->has_value());
  EXPECT_TRUE((*read)->aborted);
  EXPECT_TRUE((*read)->what.is_a("java.io.NotSerializableException"));
  EXPECT_EQ(*(*read)->what.field("detailMessage")->as_string(), "java.lang.Object");
}

TEST(object_reader, data_and_values_at_the_top_are_taken_in_turn) {
  object_reader reader;
  reader.feed(test::from_hex(header + "7703010203"
                                      "7a0000000104"
                                      "79"
                                      "740001"
                                      "61"
                                      "7701ff"
                                      "71007e0000"));
  EXPECT_EQ(**reader.take_data(2), "\x01\x02");
  EXPECT_EQ(**reader.take_data(2), "\x03\x04");
  EXPECT_EQ(reader.take_data(1).error().message(),
            "malformed object stream near byte 15: an object stands where block data is expected");
  object_reader second;
  second.feed(test::from_hex(header + "770101"
                                      "79"
                                      "740001"
                                      "61"
                                      "7701ff"
                                      "71007e0000"
                                      "78"));
  const auto first = (*second.take_value())->what;
  EXPECT_EQ(*first.as_string(), "a");
  const auto again = (*second.take_value())->what;
  EXPECT_EQ(*again.as_string(), "a");
  EXPECT_EQ(*first.as_string(), "a");
  EXPECT_EQ(second.rest(), "\x78");
}

TEST(object_reader, a_reset_forgets_the_handles) {
  object_reader reader;
  reader.feed(test::from_hex(header + "740001"
                                      "61"
                                      "79"
                                      "71007e0000"));
  EXPECT_TRUE(reader.take_value()->has_value());
  EXPECT_FALSE(reader.take_value().has_value());
  EXPECT_FALSE(reader.take_data(1).has_value()) << "the first error is final";
}

TEST(object_reader, what_is_no_stream_is_refused_at_its_first_byte) {
  object_reader reader;
  reader.feed("H");
  EXPECT_EQ(reader.take_value().error().message(),
            "malformed object stream near byte 0: not a Java object stream");
}

TEST(object_reader, nesting_is_limited) {
  EXPECT_EQ(read_object(test::catalogue()["deep"]).error().message(),
            "the answer exceeds the limit for depth of a value");
}

TEST(object_reader, announced_sizes_are_limited_and_never_allocated) {
  const std::string bytes = "757200025b42acf317f8060854e00200007870";
  const std::string objects =
      "757200135b4c6a6176612e6c616e672e4f626a6563743b90ce589f1073296c0200007870";
  EXPECT_EQ(code_of(bytes + "7fffffff"), errc::limit_exceeded);
  EXPECT_EQ(code_of(bytes + "ffffffff"), errc::malformed);
  EXPECT_EQ(code_of(objects + "7fffffff"), errc::limit_exceeded);
  EXPECT_EQ(code_of(objects + "003fffff"
                              "70"),
            errc::malformed);
  EXPECT_EQ(code_of("7cffffffffffffffff"), errc::limit_exceeded);
  EXPECT_EQ(code_of("7c0000000000ffffff"), errc::malformed);
  EXPECT_EQ(code_of("7a7fffffff"), errc::limit_exceeded);
  EXPECT_EQ(code_of("7affffffff"), errc::malformed);
}

TEST(object_reader, each_limit_is_kept) {
  const auto list = test::to_hex(test::catalogue()["ArrayList"]).substr(8);
  EXPECT_EQ(code_of(list), errc{});
  EXPECT_EQ(code_of(list, {.bytes = 20}), errc::limit_exceeded);
  EXPECT_EQ(code_of(list, {.values = 3}), errc::limit_exceeded);
  EXPECT_EQ(code_of(list, {.handles = 2}), errc::limit_exceeded);
  EXPECT_EQ(code_of(list, {.depth = 1}), errc::limit_exceeded);
  EXPECT_EQ(code_of(list, {.fields = 0}), errc::limit_exceeded);
  EXPECT_EQ(code_of("740003"
                    "616263",
                    {.string_bytes = 2}),
            errc::limit_exceeded);
  const auto number = test::to_hex(test::catalogue()["Integer"]).substr(8);
  EXPECT_EQ(code_of(number, {.class_chain = 1}), errc::limit_exceeded);
  const auto proxy = test::to_hex(test::catalogue()["proxy"]).substr(8);
  EXPECT_EQ(code_of(proxy), errc{});
  EXPECT_EQ(code_of(proxy, {.interfaces = 0}), errc::limit_exceeded);
  const auto ints = test::to_hex(test::catalogue()["int[]"]).substr(8);
  EXPECT_EQ(code_of(ints, {.array_elements = 1}), errc::limit_exceeded);
}

TEST(object_reader, references_must_point_to_something_of_the_right_kind) {
  EXPECT_EQ(code_of("71007e0000"), errc::malformed) << "nothing is there";
  EXPECT_EQ(code_of("71007dffff"), errc::malformed) << "below the first handle";
  const std::string array =
      "757200135b4c6a6176612e6c616e672e4f626a6563743b90ce589f1073296c0200007870";
  EXPECT_EQ(code_of(array + "00000001"
                            "71007e0002"),
            errc::malformed)
      << "forward";
  EXPECT_EQ(code_of(array + "00000002"
                            "740001"
                            "61"
                            "7371007e0002"),
            errc::malformed)
      << "a string as class descriptor";
  EXPECT_EQ(code_of("72000141"
                    "0000000000000000"
                    "020001"
                    "4c000161"
                    "71007e0000"),
            errc::malformed)
      << "a class descriptor as type string";
  EXPECT_EQ(code_of("73720001"
                    "41"
                    "0000000000000000"
                    "020000"
                    "78"
                    "71007e0000"),
            errc::malformed)
      << "a class that is its own superclass";
  EXPECT_EQ(code_of("73720001"
                    "41"
                    "0000000000000000"
                    "020000"
                    "7371007e0000"
                    "7870"),
            errc::malformed)
      << "an object of a class that is not yet described";
}

TEST(object_reader, wrong_codes_are_refused) {
  EXPECT_EQ(code_of("6f"), errc::malformed);
  EXPECT_EQ(code_of("78"), errc::malformed);
  EXPECT_EQ(code_of("7b7b"), errc::malformed) << "an exception within an exception";
  const std::string list =
      "737200136a6176612e7574696c2e41727261794c6973747881d21d99c7619d030001490004"
      "73697a65"
      "787000000001";
  EXPECT_EQ(code_of(list + "79"), errc::malformed) << "a reset inside";
  EXPECT_EQ(code_of("740002"
                    "c380"
                    "ff"),
            errc{});
  EXPECT_EQ(code_of("740001"
                    "80"),
            errc::malformed)
      << "not modified UTF-8";
  EXPECT_EQ(read_object(test::catalogue()["aborted"]).error().message(),
            "the object stream was aborted by its writer");
}

TEST(object_reader, the_recorded_replies_are_streams) {
  for (const auto& [name, bytes] : test::recorded_session().all()) {
    if (bytes.empty() || bytes[0] != 0x51) continue;
    object_reader reader;
    reader.feed(std::string_view(bytes).substr(1));
    const auto head = reader.take_data(15);
    ASSERT_TRUE(head.has_value() && head->has_value()) << name;
    if (reader.rest().empty()) continue;  // void, boolean
    const auto read = reader.take_value();
    ASSERT_TRUE(read.has_value()) << name << ": " << read.error().message();
    ASSERT_TRUE(read->has_value()) << name;
    EXPECT_TRUE(reader.rest().empty()) << name;
  }
}

}  // namespace
}  // namespace helenus::jmx
