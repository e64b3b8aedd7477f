#include "api/resources/clusters.h"

#include "unit/api/resources/rest_fixture.h"
#include "storage/errc.h"

namespace helenus::api {
namespace {

class clusters_test : public rest_fixture {};

TEST_F(clusters_test, a_cluster_is_registered_once_and_then_is_as_it_was) {
  const auto first = post("/cluster?seedHost=" + seed());
  EXPECT_EQ(shown(first), "201 ");
  EXPECT_EQ(location(first), "http://helenus:8080/cluster/" + name());
  EXPECT_EQ(shown(post("/cluster?seedHost=" + seed())), "204 ");
  EXPECT_EQ(get("/cluster").body, "[\"" + name() + "\"]");
}

TEST_F(clusters_test, each_way_to_register_answers_201_the_first_time) {
  EXPECT_EQ(shown(put("/cluster/" + name() + "?seedHost=" + seed())), "201 ");
  EXPECT_EQ(shown(del("/cluster/" + name())), "202 ");
  EXPECT_EQ(shown(post_form("/cluster/auth", "seedHost=" + seed() + "&jmxUsername=&jmxPassword=")),
            "201 ");
  EXPECT_EQ(shown(del("/cluster/" + name())), "202 ");
  EXPECT_EQ(shown(ask(method::put, "/cluster/auth/" + name(), "seedHost=" + seed(),
                      {{"Content-Type", "application/x-www-form-urlencoded"}})),
            "201 ");
}

TEST_F(clusters_test, the_cluster_behind_the_host_is_whose_login_is_used_first) {
  EXPECT_EQ(shown(post("/cluster?seedHost=" + seed() + "@Orders")), "201 ");
  EXPECT_EQ(connector.names.front(), "Orders");
  EXPECT_EQ(get("/cluster").body, "[\"" + name() + "\"]");
}

TEST_F(clusters_test, seeds_that_do_not_answer_are_named_with_the_reason) {
  const auto refused = post("/cluster?seedHost=192.0.2.1,192.0.2.2");
  EXPECT_EQ(refused.status, 400);
  EXPECT_TRUE(
      refused.body.starts_with("failed to register cluster  with seed host 192.0.2.1, 192.0.2.2: "))
      << refused.body;
}

TEST_F(clusters_test, storage_that_fails_is_not_blamed_on_the_seed) {
  storage.inject_faults([](std::string_view call) -> std::optional<error> {
    if (call != "clusters.save") return std::nullopt;
    return error{storage::errc::full, "no room on the disk"};
  });
  const auto refused = post("/cluster?seedHost=" + seed());
  EXPECT_EQ(shown(refused), "503 no room on the disk");
  EXPECT_TRUE(http::find_header(refused.headers, "Retry-After"));
  storage.inject_faults({});
  EXPECT_EQ(get("/cluster").body, "[]");
}

TEST_F(clusters_test, a_form_that_cannot_be_read_names_the_field) {
  const auto refused = post_form("/cluster/auth", "seedHost=%FF");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("seedHost"), std::string::npos) << refused.body;
}

}  // namespace
}  // namespace helenus::api
