#include "../fixture.h"
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

value sample(const std::string& name) { return *read_object(test::catalogue()[name]); }

TEST(describe, any_value_can_be_described_in_bounded_text) {
  EXPECT_EQ(describe(sample("ArrayList")), R"(["a", "b"])");
  EXPECT_EQ(describe(sample("TreeMap")), R"({"k"="v", "l"="w"})");
  EXPECT_EQ(describe(sample("Boolean")), "true");
  EXPECT_EQ(describe(sample("Double")), "-2.250000");
  EXPECT_EQ(describe(sample("enum")), "RED");
  EXPECT_EQ(describe(sample("int[]")), "[I of 2");
  EXPECT_EQ(describe(sample("UUID")), "00112233-4455-6677-8899-aabbccddeeff");
  EXPECT_EQ(describe(sample("Inet4Address")), "10.0.0.200");
  EXPECT_EQ(describe(value()), "null");
  for (const auto& [name, bytes] : test::catalogue().all()) {
    const auto read = read_object(bytes);
    if (read) EXPECT_LE(describe(*read, 300).size(), 310U) << name;
  }
}

TEST(describe, texts_of_a_peer_are_escaped) {
  const auto text = *read_object(test::from_hex("aced0005740003") + "a\x1b\n");
  EXPECT_EQ(describe(text), R"("a\x1b\n")");
}

}  // namespace
}  // namespace helenus::jmx
