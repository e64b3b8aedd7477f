#include "crypto/hmac.h"

#include <gtest/gtest.h>

namespace helenus::crypto {
namespace {

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text += digits[static_cast<unsigned char>(byte) >> 4];
    text += digits[static_cast<unsigned char>(byte) & 0xf];
  }
  return text;
}

TEST(hmac_test, is_that_of_rfc_4231) {  // test case 2
  constexpr std::string_view text = "what do ya want for nothing?";
  EXPECT_EQ(hex(hmac(hash::sha256, "Jefe", text)),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      hex(hmac(hash::sha384, "Jefe", text)),
      "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecf"
      "ab21649");
  EXPECT_EQ(
      hex(hmac(hash::sha512, "Jefe", text)),
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f"
      "8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
}

TEST(hmac_test, an_empty_key_and_an_empty_text_have_one) {
  EXPECT_EQ(hmac(hash::sha256, "", "").size(), 32U);
}

TEST(hmac_test, only_the_same_bytes_are_equal) {
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
  EXPECT_FALSE(equal_in_constant_time(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

}  // namespace
}  // namespace helenus::crypto
