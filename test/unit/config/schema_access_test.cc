#include "unit/config/parsed_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace helenus::config {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view one_user =
    "users: [{username: ana, password: s3cret, roles: [operator]}]";

std::string block(std::string_view more) { return "accessControl: {" + std::string(more) + "}"; }

TEST(schema_access_test, it_is_off_until_its_block_is_there) {
  EXPECT_FALSE(made("").access);
  EXPECT_FALSE(made("accessControl:").access);
  EXPECT_FALSE(made(block("enabled: false, users: [{username: ''}]")).access);
  EXPECT_TRUE(made(block(one_user)).access);
  EXPECT_TRUE(made(block("enabled: true, " + std::string(one_user))).access);
}

TEST(schema_access_test, users_have_a_password_and_roles) {
  const auto with = made(R"(
accessControl:
  sessionTimeout: PT1H
  jwt:
    secret: 0123456789abcdef0123456789abcdef
  users:
    - {username: ana, password: s3cret, roles: [operator, user]}
    - {username: bo, password: p, roles: [user]}
)");
  ASSERT_TRUE(with.access);
  const auto& access = *with.access;
  EXPECT_EQ(access.session_timeout, 1h);
  EXPECT_EQ(access.signing_secret.reveal(), "0123456789abcdef0123456789abcdef");
  ASSERT_EQ(access.accounts.size(), 2U);
  EXPECT_EQ(access.accounts[0].name, "ana");
  EXPECT_EQ(access.accounts[0].password.reveal(), "s3cret");
  EXPECT_EQ(access.accounts[0].roles, (api::roles{api::role::user, api::role::cluster_operator}));
  EXPECT_EQ(access.accounts[1].roles, api::roles{api::role::user});
  EXPECT_THAT(with.warnings, IsEmpty());
}

TEST(schema_access_test, without_a_secret_or_a_timeout_there_are_defaults) {
  const auto access = made(block(std::string(one_user) + ", jwt: {secret: }")).access;
  EXPECT_TRUE(access->signing_secret.empty());
  EXPECT_EQ(access->session_timeout, 10min);
  EXPECT_EQ(made(block("sessionTimeout: 90, " + std::string(one_user))).access->session_timeout,
            90s)
      << "a bare number is seconds, as with Reaper";
}

TEST(schema_access_test, a_short_secret_is_refused_and_not_shown) {
  const auto told = complaint(block("jwt: {secret: tooshort}, " + std::string(one_user)));
  EXPECT_THAT(told, HasSubstr("accessControl.jwt.secret: at least 32 bytes"));
  EXPECT_EQ(told.find("tooshort"), std::string::npos);
}

TEST(schema_access_test, the_secret_that_everybody_knows_is_not_used) {
  const auto with =
      made(block("jwt: {secret: MySecretKeyForJWTWhichMustBeLongEnoughForHS256Algorithm}, " +
                 std::string(one_user)));
  EXPECT_TRUE(with.access->signing_secret.empty());
  EXPECT_THAT(with.warnings, ElementsAre(HasSubstr("everybody can read")));
}

TEST(schema_access_test, a_user_without_a_name_is_left_out_and_told) {
  const auto with = made(block("users: [{username: '', password: '', roles: [operator]}]"));
  ASSERT_TRUE(with.access) << "the door stays closed";
  EXPECT_THAT(with.access->accounts, IsEmpty());
  EXPECT_THAT(with.warnings, ElementsAre(HasSubstr("has no name"), HasSubstr("REAPER_AUTH_USER")));
}

TEST(schema_access_test, a_user_who_could_not_log_in_or_anybody_could_is_refused) {
  EXPECT_THAT(complaint(block("users: [{username: ana, password: ' ', roles: [user]}]")),
              HasSubstr("f:1: accessControl.users[0]: user 'ana' has no password"));
  EXPECT_THAT(complaint(block("users: [{username: ana, password: p}]")),
              HasSubstr("user 'ana' has no role; accepted: user operator"));
  EXPECT_THAT(complaint(block("users: [{username: ana, password: p, roles: [admin]}]")),
              HasSubstr("accessControl.users[0].roles[0]: \"admin\": accepted: user operator"));
  EXPECT_THAT(complaint(block("users: [{username: a, password: p, roles: [user]}, "
                              "{username: a, password: q, roles: [user]}]")),
              HasSubstr("accessControl.users[1]: there are two users 'a'"));
  EXPECT_THAT(complaint(block("users: [{username: ana, pasword: p, roles: [user]}]")),
              HasSubstr("did you mean password?"));
}

}  // namespace
}  // namespace helenus::config
