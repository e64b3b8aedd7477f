#include "unit/config/parsed_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace helenus::config {
namespace {

using variables = std::map<std::string, std::string>;

settings made_with(std::string_view text, const variables& set) {
  return std::get<settings>(
      parse(text, [&set](const std::string& name) -> std::optional<std::string> {
        const auto found = set.find(name);
        if (found == set.end()) return std::nullopt;
        return found->second;
      }));
}

TEST(schema_cryptograph_test, without_the_block_nothing_is_encrypted) {
  EXPECT_FALSE(made("").cryptograph);
  EXPECT_FALSE(made("cryptograph:").cryptograph);
}

TEST(schema_cryptograph_test, the_defaults_are_those_of_reaper) {
  const auto all = made_with("cryptograph: {type: symmetric, systemPropertySecret: MY_SECRET}",
                             {{"MY_SECRET", "open sesame"}});
  ASSERT_TRUE(all.cryptograph);
  EXPECT_EQ(all.cryptograph->secret_name, "MY_SECRET");
  EXPECT_EQ(all.cryptograph->passphrase.reveal(), "open sesame");
  EXPECT_EQ(all.cryptograph->salt, "deadbeef");
  EXPECT_EQ(all.cryptograph->algorithm, crypto::hash::sha512);
  EXPECT_EQ(all.cryptograph->iterations, 1024);
  EXPECT_EQ(all.cryptograph->key_bits, 256);
  EXPECT_THAT(all.warnings, ::testing::IsEmpty());
}

TEST(schema_cryptograph_test, everything_but_the_cipher_can_be_chosen) {
  const auto all = made_with(R"(
cryptograph:
  type: symmetric
  cipher: AES/CBC/PKCS5Padding
  cipherType: AES
  algorithm: PBKDF2WithHmacSHA256
  salt: more
  iterationCount: 7
  keyStrength: "128"
)",
                             {});
  EXPECT_EQ(all.cryptograph->secret_name, "CASSANDRA_REAPER_PROPERTY_KEY_SECRET");
  EXPECT_EQ(all.cryptograph->salt, "more");
  EXPECT_EQ(all.cryptograph->algorithm, crypto::hash::sha256);
  EXPECT_EQ(all.cryptograph->iterations, 7);
  EXPECT_EQ(all.cryptograph->key_bits, 128);
}

TEST(schema_cryptograph_test, what_cannot_be_done_is_refused_with_what_can) {
  EXPECT_EQ(complaint("cryptograph: {type: magic}"),
            "f:1: cryptograph.type: \"magic\": accepted: symmetric\n");
  EXPECT_EQ(complaint("cryptograph: {cipher: DES}"),
            "f:1: cryptograph.cipher: \"DES\": accepted: AES/CBC/PKCS5Padding\n");
  for (const auto* wrong : {"cipherType: DES", "algorithm: PBKDF2WithHmacSHA1", "keyStrength: 512",
                            "iterationCount: 0", "salt: ''", "systemPropertySecret: ''"}) {
    EXPECT_NE(complaint("cryptograph: {" + std::string(wrong) + "}"), "") << wrong;
  }
}

TEST(schema_cryptograph_test, a_property_of_java_is_the_second_place_for_the_passphrase) {
  constexpr auto text = "cryptograph: {systemPropertySecret: MY_SECRET}";
  const variables java{{"JAVA_OPTS", "-Xmx1G -DMY_SECRET=of-java"}};
  EXPECT_EQ(made_with(text, java).cryptograph->passphrase.reveal(), "of-java");
  auto both = java;
  both["MY_SECRET"] = "of the environment";
  EXPECT_EQ(made_with(text, both).cryptograph->passphrase.reveal(), "of the environment");
}

TEST(schema_cryptograph_test, a_passphrase_that_is_missing_is_a_warning) {
  const auto all = made_with("cryptograph: {systemPropertySecret: MY_SECRET}", {{"MY_SECRET", ""}});
  EXPECT_TRUE(all.cryptograph->passphrase.empty());
  ASSERT_EQ(all.warnings.size(), 1U);
  EXPECT_THAT(all.warnings.front(), ::testing::HasSubstr("MY_SECRET, which is not set"));
}

}  // namespace
}  // namespace helenus::config
