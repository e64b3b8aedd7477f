#include "api/auth/role.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

using enum http::method;

constexpr http::method methods[] = {get, head, post, put, patch, del, options};

TEST(role_test, operators_may_do_everything) {
  for (const auto verb : methods) {
    EXPECT_TRUE(may_send({role::cluster_operator}, verb));
    EXPECT_TRUE(may_send({role::user, role::cluster_operator}, verb));
  }
}

TEST(role_test, users_may_only_get) {
  for (const auto verb : methods) EXPECT_EQ(may_send({role::user}, verb), verb == get);
}

TEST(role_test, nobody_may_do_anything_without_a_role) {
  for (const auto verb : methods) EXPECT_FALSE(may_send({}, verb));
}

TEST(role_test, names_are_those_of_reaper) {
  EXPECT_EQ(parse_role("user"), role::user);
  EXPECT_EQ(parse_role("operator"), role::cluster_operator);
  EXPECT_EQ(parse_role("Operator"), std::nullopt);
  EXPECT_EQ(parse_role(""), std::nullopt);
}

}  // namespace
}  // namespace helenus::api
