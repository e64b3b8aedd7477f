#include "api/resources/clusters.h"

#include "storage/errc.h"
#include "unit/api/resources/rest_fixture.h"

namespace helenus::api {
namespace {

class clusters_test : public rest_fixture {};

class fixed_seeds_test : public rest_fixture {
 protected:
  fixed_seeds_test() : rest_fixture({.dynamic_seeds = false}) {}
};

TEST_F(fixed_seeds_test, every_seed_that_was_named_is_stored_and_stays) {
  EXPECT_EQ(shown(post("/cluster?seedHost=192.0.2.1," + seed())), "201 ");
  EXPECT_EQ(json("/cluster/" + name()).at("seed_hosts"),
            (boost::json::array{seed().c_str(), "192.0.2.1"}));
  EXPECT_EQ(shown(post("/cluster?seedHost=" + cassandra.node(1).address())), "204 ");
  EXPECT_EQ(json("/cluster/" + name()).at("seed_hosts").as_array().size(), 2U);
}

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

TEST_F(clusters_test, a_cluster_is_put_under_its_symbolic_name_only) {
  const auto refused = put("/cluster/Orders%20Prod?seedHost=" + seed());
  EXPECT_EQ(shown(refused),
            "400 the cluster is registered as \"ordersprod\", not as \"Orders Prod\"");
  const auto wrong = put("/cluster/other?seedHost=" + seed());
  EXPECT_EQ(wrong.status, 400);
  EXPECT_NE(wrong.body.find("belongs to cluster"), std::string::npos) << wrong.body;
  EXPECT_EQ(get("/cluster").body, "[]");
}

TEST_F(clusters_test, the_list_can_be_asked_for_the_clusters_of_a_seed) {
  register_cluster();
  EXPECT_EQ(get("/cluster?seedHost=" + seed()).body, "[\"" + name() + "\"]");
  EXPECT_EQ(get("/cluster?seedHost=192.0.2.1").body, "[]");
}

TEST_F(clusters_test, a_cluster_is_shown_with_its_login_its_runs_and_its_nodes) {
  logins.by_cluster[name()] = {"reaper", true};
  register_cluster();
  const auto older = plan();
  pass(1s);
  const auto newer = plan();
  const auto cluster = json("/cluster/" + name());
  EXPECT_EQ(text_of(cluster, "jmx_username"), "reaper");
  EXPECT_TRUE(cluster.at("jmx_password_is_set").as_bool());
  ASSERT_EQ(cluster.at("repair_runs").as_array().size(), 2U);
  EXPECT_EQ(text_of(cluster.at("repair_runs").at(0), "id"), newer);
  EXPECT_EQ(
      cluster.at("nodes_status").at("endpointStates").at(0).at("endpointNames").as_array().size(),
      3U);
  EXPECT_EQ(json("/cluster/" + name() + "?limit=1").at("repair_runs").as_array().size(), 1U);
  EXPECT_EQ(json("/cluster/" + name() + "?limit=0").at("repair_runs").as_array().size(), 0U);
}

TEST_F(clusters_test, the_source_of_the_nodes_is_the_one_that_was_asked) {
  register_cluster();
  cassandra.node(0).kill();
  const auto cluster = json("/cluster/" + name());
  EXPECT_EQ(cluster.at("seed_hosts").at(0).as_string(), cassandra.node(0).address());
  EXPECT_EQ(text_of(cluster.at("nodes_status").at("endpointStates").at(0), "sourceNode"),
            cassandra.node(1).address());
}

TEST_F(clusters_test, tables_are_listed_by_keyspace_those_of_the_system_too) {
  register_cluster();
  EXPECT_EQ(get("/cluster/" + name() + "/tables").body,
            R"({"shop":["customers","orders","visits"],"system":["local","peers"]})");
  EXPECT_EQ(shown(get("/cluster/nope/tables")), "404 cluster with name \"nope\" not found");
}

TEST_F(clusters_test, a_cluster_with_schedules_is_removed_by_force_only) {
  register_cluster();
  model::repair_unit unit;
  base::uuid_source ids(1);
  unit.id = model::unit_id(ids.next({}));
  unit.cluster_name = name();
  unit.keyspace = "shop";
  model::repair_schedule schedule;
  schedule.id = model::schedule_id(ids.next({}));
  schedule.unit = unit.id;
  ASSERT_TRUE(test::run(context, clock, storage.schedules().create(unit, schedule)));
  plan();
  const auto listed = json("/cluster/" + name()).at("repair_schedules").as_array();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(text_of(listed[0], "id"), schedule.id.value().to_string());
  EXPECT_EQ(shown(del("/cluster/" + name())),
            "409 cluster \"" + name() + "\" cannot be deleted, as it has repair schedules");
  EXPECT_EQ(shown(del("/cluster/" + name() + "?force=true")), "202 ");
  EXPECT_EQ(get("/cluster").body, "[]");
  EXPECT_EQ(test::run(context, clock, storage.schedules().find(schedule.id)).error().code,
            storage::errc::not_found);
}

TEST_F(clusters_test, a_cluster_with_runs_is_removed_by_force_only) {
  register_cluster();
  const auto run = start();
  pass(10s);
  EXPECT_EQ(shown(del("/cluster/" + name())),
            "409 cluster \"" + name() + "\" cannot be deleted, as it has repair runs");
  EXPECT_EQ(shown(del("/cluster/" + name() + "?force=yes")).substr(0, 4), "409 ");
  EXPECT_EQ(shown(del("/cluster/" + name() + "?force=True")), "202 ");
  EXPECT_EQ(get("/cluster").body, "[]");
  EXPECT_EQ(shown(get("/repair_run/" + run)), "404 repair run " + run + " doesn't exist");
  EXPECT_EQ(shown(del("/cluster/" + name())), "404 cluster with name \"" + name() + "\" not found");
}

}  // namespace
}  // namespace helenus::api
