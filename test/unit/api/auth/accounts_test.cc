#include "api/auth/accounts.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

TEST(accounts_test, only_the_right_password_of_the_right_name_is_accepted) {
  const accounts all({{"ana", base::secret("s3cret"), {role::cluster_operator}},
                      {"bo", base::secret("p"), {role::user}}});
  ASSERT_NE(all.check("ana", "s3cret"), nullptr);
  EXPECT_EQ(all.check("ana", "s3cret")->roles, roles{role::cluster_operator});
  for (const auto* wrong : {"", "s", "s3cre", "s3cret ", "S3cret", "p"}) {
    EXPECT_EQ(all.check("ana", wrong), nullptr) << wrong;
  }
  EXPECT_EQ(all.check("bo", "s3cret"), nullptr);
  EXPECT_EQ(all.check("Ana", "s3cret"), nullptr);
  EXPECT_EQ(all.check("", ""), nullptr);
}

TEST(accounts_test, are_found_by_name) {
  const accounts all({{"ana", base::secret("s3cret"), {role::user}}});
  EXPECT_EQ(all.find("ana")->roles, roles{role::user});
  EXPECT_EQ(all.find("bo"), nullptr);
  EXPECT_FALSE(all.empty());
  EXPECT_TRUE(accounts({}).empty());
}

}  // namespace
}  // namespace helenus::api
