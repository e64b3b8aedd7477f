#include "management/jmx/logins.h"

#include <gtest/gtest.h>

namespace helenus::management::jmx {
namespace {

TEST(logins_test, the_login_is_the_clusters_then_the_users_then_the_default) {
  jmx_logins logins;
  model::cluster cluster;
  cluster.name = "prodeast";
  const auto chosen = [&] {
    return choose_login(logins, {cluster.name, {cluster.jmx_username, cluster.jmx_password}});
  };
  EXPECT_FALSE(chosen());
  logins.by_default = ::helenus::jmx::credentials{"default", base::secret("1")};
  EXPECT_EQ(chosen()->user, "default");
  logins.by_cluster["other"] = {"special", base::secret("2")};
  cluster.jmx_username = "special";
  EXPECT_EQ(chosen()->user, "special");
  logins.by_cluster["Prod East"] = {"east", base::secret("3")};
  EXPECT_EQ(chosen()->user, "east");
  cluster.jmx_username = "stored";
  cluster.jmx_password = base::secret("{cipher}00");
  EXPECT_EQ(chosen()->user, "stored");
  EXPECT_EQ(chosen()->password.reveal(), "{cipher}00");
}

}  // namespace
}  // namespace helenus::management::jmx
