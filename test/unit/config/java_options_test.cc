#include "config/java_options.h"

#include <gtest/gtest.h>

namespace helenus::config {
namespace {

using properties = std::map<std::string, std::string>;

TEST(java_options_test, properties_are_read_and_the_rest_is_left) {
  EXPECT_EQ(java_properties(
                "-Xmx2G -Dssl.enable=true  -XX:+UseG1GC\n-Djavax.net.ssl.keyStorePassword=a=b "),
            (properties{{"ssl.enable", "true"}, {"javax.net.ssl.keyStorePassword", "a=b"}}));
}

TEST(java_options_test, the_last_of_a_name_counts_and_a_value_may_be_missing) {
  EXPECT_EQ(java_properties("-Da=1 -Da=2 -Db -Dc="),
            (properties{{"a", "2"}, {"b", ""}, {"c", ""}}));
}

TEST(java_options_test, nothing_is_in_nothing) {
  EXPECT_TRUE(java_properties("").empty());
  EXPECT_TRUE(java_properties(" \t").empty());
}

}  // namespace
}  // namespace helenus::config
