#include "api/routes.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

using http::method;

class routes_test : public ::testing::Test {
 protected:
  routes_test() { add_routes(routes, nobody); }

  /// The pattern that answers, or nothing.
  std::string find(method verb, std::string_view path) {
    const auto match = routes.find(verb, http::parse_target(path)->path);
    const auto* found = std::get_if<http::router::found>(&match);
    return found ? found->what->pattern : "";
  }

  services* nobody = nullptr;
  http::router routes;
};

TEST_F(routes_test, the_paths_of_reaper_are_there) {
  EXPECT_EQ(find(method::get, "/cluster/"), "/cluster");
  EXPECT_EQ(find(method::put, "/cluster/orders"), "/cluster/{cluster_name}");
  EXPECT_EQ(find(method::put, "/cluster/auth/orders"), "/cluster/auth/{cluster_name}");
  EXPECT_EQ(find(method::get, "/repair_run/cluster/orders"), "/repair_run/cluster/{cluster_name}");
  EXPECT_EQ(find(method::put, "/repair_run/1/state/RUNNING"), "/repair_run/{id}/state/{state}");
  EXPECT_EQ(find(method::post, "/repair_run/1/segments/abort/2"),
            "/repair_run/{id}/segments/abort/{segment_id}");
}

TEST_F(routes_test, a_cluster_that_is_called_auth_cannot_be_read) {
  EXPECT_EQ(find(method::get, "/cluster/auth"), "");
}

TEST_F(routes_test, all_of_them_wait_for_a_complete_start) {
  const auto match = routes.find(method::get, {"cluster"});
  EXPECT_EQ(std::get<http::router::found>(match).what->when, http::availability::when_ready);
}

}  // namespace
}  // namespace helenus::api
