#include "net/endpoint.h"

#include <gtest/gtest.h>

namespace helenus::net {
namespace {

endpoint parsed(std::string_view text) {
  const auto peer = parse_endpoint(text, 7199);
  EXPECT_TRUE(peer) << text;
  return peer ? *peer : endpoint{};
}

TEST(endpoint_test, a_port_is_optional) {
  EXPECT_EQ(parsed("node1"), (endpoint{"node1", 7199}));
  EXPECT_EQ(parsed("node1:7200"), (endpoint{"node1", 7200}));
  EXPECT_EQ(parsed("10.0.0.3:1"), (endpoint{"10.0.0.3", 1}));
}

TEST(endpoint_test, an_ipv6_address_may_stand_in_brackets) {
  EXPECT_EQ(parsed("::1"), (endpoint{"::1", 7199}));
  EXPECT_EQ(parsed("[2001:db8::1]"), (endpoint{"2001:db8::1", 7199}));
  EXPECT_EQ(parsed("[2001:db8::1]:7200"), (endpoint{"2001:db8::1", 7200}));
}

TEST(endpoint_test, what_is_no_endpoint_is_refused) {
  for (const auto* text : {"", ":7199", "[::1", "[::1]7199", "[]:1", "host:", "host:0",
                           "host:65536", "host:-1", "host:71x", "ho st", "host\n"}) {
    EXPECT_FALSE(parse_endpoint(text, 7199)) << text;
  }
  EXPECT_FALSE(parse_endpoint(std::string(254, 'a'), 7199));
}

TEST(endpoint_test, its_text_can_be_parsed_again) {
  EXPECT_EQ(to_text({"node1", 7199}), "node1:7199");
  EXPECT_EQ(to_text({"::1", 7199}), "[::1]:7199");
}

}  // namespace
}  // namespace helenus::net
