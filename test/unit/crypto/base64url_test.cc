#include "crypto/base64url.h"

#include <gtest/gtest.h>

namespace helenus::crypto {
namespace {

TEST(base64url_test, is_that_of_rfc_4648_without_padding) {
  const std::pair<std::string, std::string> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(to_base64url(bytes), text);
    EXPECT_EQ(from_base64url(text), bytes);
  }
}

TEST(base64url_test, every_byte_comes_back) {
  std::string bytes;
  for (int value = 0; value < 256; ++value) bytes += static_cast<char>(value);
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    EXPECT_EQ(from_base64url(to_base64url(bytes.substr(0, length))), bytes.substr(0, length));
  }
}

TEST(base64url_test, nothing_else_is_read) {
  for (const auto* text : {"Zg==", "Z", "Zm9vY", "Zh", "Zm9", "a+b/", "Zm 8", "Z\n"}) {
    EXPECT_EQ(from_base64url(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace helenus::crypto
