#include "api/shown_login.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

shown_login of(const std::string& name, const std::string& user = {}) {
  const shown_logins logins{.by_default = {"everybody", true},
                            .by_cluster = {{"Orders Prod", {"orders", true}},
                                           {"open", {"", false}},
                                           {"stage", {"stage-user", false}}}};
  model::cluster cluster;
  cluster.name = name;
  cluster.jmx_username = user;
  return logins.effective(cluster);
}

TEST(shown_login_test, the_login_of_the_cluster_comes_before_that_of_the_user_and_the_default) {
  EXPECT_EQ(of("ordersprod").username, "orders");
  EXPECT_TRUE(of("ordersprod").has_password);
  EXPECT_EQ(of("stage", "orders").username, "stage-user");
  EXPECT_FALSE(of("stage").has_password);
  EXPECT_EQ(of("open").username, "");
  EXPECT_EQ(of("other", "orders").username, "orders");
  EXPECT_EQ(of("other", "nobody").username, "everybody");
  EXPECT_EQ(of("other").username, "everybody");
}

TEST(shown_login_test, what_is_stored_with_the_cluster_comes_first) {
  const shown_logins logins{.by_default = {}, .by_cluster = {{"orders", {"configured", false}}}};
  model::cluster cluster;
  cluster.name = "orders";
  cluster.jmx_username = "stored";
  cluster.jmx_password = base::secret("{cipher}00");
  EXPECT_EQ(logins.effective(cluster).username, "stored");
  EXPECT_TRUE(logins.effective(cluster).has_password);
}

}  // namespace
}  // namespace helenus::api
