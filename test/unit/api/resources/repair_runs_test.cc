#include "api/resources/repair_runs.h"

#include "unit/api/resources/rest_fixture.h"

namespace helenus::api {
namespace {

const std::string nobody = "00000001-0001-0001-0001-000000000001";

class repair_runs_test : public rest_fixture {
 protected:
  explicit repair_runs_test(repair::repair_options engine = {}) : rest_fixture({}, engine) {}
  std::string state_path(const std::string& run, const std::string& state) {
    return "/repair_run/" + run + "/state/" + state;
  }
  std::vector<std::string> ids(const std::string& target) {
    std::vector<std::string> found;
    for (const auto& run : list(target)) found.push_back(text_of(run, "id"));
    return found;
  }
  /// Changes what is stored of a run that nothing works on.
  void store_ended(const std::string& id, model::run_state state, model::wall_time when) {
    auto row =
        *test::run(context, clock, storage.runs().find(model::run_id(*base::uuid::parse(id))));
    row.state = state;
    if (!row.start_time) row.start_time = when;
    row.pause_time.reset();
    row.end_time = when;
    ASSERT_TRUE(test::run(context, clock, storage.runs().replace(row)));
  }
  std::string refused(const std::string& query) { return shown(post("/repair_run?" + query)); }
};

TEST_F(repair_runs_test, a_planned_run_is_shown_with_the_members_of_reaper) {
  register_cluster();
  const auto made =
      post("/repair_run?clusterName=" + name() + "&keyspace=shop&owner=Ana&segmentCountPerNode=4");
  EXPECT_EQ(made.status, 201);
  const auto run = boost::json::parse(made.body);
  EXPECT_EQ(location(made), "http://helenus:8080/repair_run/" + text_of(run, "id"));
  std::set<std::string> names;
  for (const auto& member : run.as_object()) names.insert(member.key());
  EXPECT_EQ(names, (std::set<std::string>{"cause",
                                          "owner",
                                          "id",
                                          "cluster_name",
                                          "column_families",
                                          "keyspace_name",
                                          "state",
                                          "creation_time",
                                          "start_time",
                                          "end_time",
                                          "pause_time",
                                          "current_time",
                                          "intensity",
                                          "incremental_repair",
                                          "subrange_incremental_repair",
                                          "total_segments",
                                          "repair_parallelism",
                                          "segments_repaired",
                                          "last_event",
                                          "duration",
                                          "estimated_time_of_arrival",
                                          "nodes",
                                          "datacenters",
                                          "blacklisted_tables",
                                          "repair_thread_count",
                                          "repair_unit_id",
                                          "segment_timeout",
                                          "adaptive_schedule"}));
  EXPECT_EQ(text_of(run, "state"), "NOT_STARTED");
  EXPECT_EQ(text_of(run, "last_event"), "no events");
}

TEST_F(repair_runs_test, a_run_that_waits_says_so_in_its_last_event_and_more_to_who_asks) {
  register_cluster();
  for (std::size_t node = 0; node < 3; ++node) cassandra.node(node).set_pending_compactions(1000);
  const auto run = start();
  pass(1min);
  const auto plain = json("/repair_run/" + run);
  EXPECT_TRUE(text_of(plain, "last_event").starts_with("Waiting for "))
      << text_of(plain, "last_event");
  EXPECT_FALSE(plain.as_object().contains("waiting"));
  for (const auto& path : {"/repair_run?waiting=true", "/repair_run/cluster/", "/cluster/"}) {
    auto target = std::string(path);
    if (target.ends_with('/')) target += name() + "?waiting=true";
    const auto all = json(target);
    const auto& runs = all.is_array() ? all : all.at("repair_runs");
    EXPECT_EQ(runs.at(0).at("waiting").at("for").as_string(), "pending_compactions") << target;
  }
}

TEST_F(repair_runs_test, states_change_as_the_table_of_reaper_says) {
  register_cluster();
  const auto run = plan();
  const auto change = [&](const std::string& to) { return shown(put(state_path(run, to))); };
  EXPECT_EQ(change("PAUSED"), "409 Transition NOT_STARTED->PAUSED not supported.");
  EXPECT_EQ(change("ABORTED"), "409 Transition NOT_STARTED->ABORTED not supported.");
  EXPECT_EQ(change("NOT_STARTED"), "204 ");
  EXPECT_EQ(change("running"), "200 ");
  EXPECT_EQ(change("RUNNING"), "204 ");
  EXPECT_EQ(change("DONE"), "409 Transition RUNNING->DONE not supported.");
  EXPECT_EQ(change("PAUSED"), "200 ");
  EXPECT_EQ(change("PAUSED"), "204 ");
  EXPECT_EQ(change("RUNNING"), "200 ");
  run_to_end(run);
  EXPECT_EQ(change("DONE"), "204 ");
  EXPECT_EQ(change("PAUSED"), "409 Transition DONE->PAUSED not supported.");
  EXPECT_EQ(change("RUNNING"), "409 Transition DONE->RUNNING not supported.");
  EXPECT_EQ(change("WHATEVER"), "400 unknown run state \"WHATEVER\"");
  EXPECT_EQ(change("DONE,"), "400 unknown run state \"DONE,\"");
  pass(1min);
  const auto done = json("/repair_run/" + run);
  EXPECT_EQ(change("ABORTED"), "200 ");
  const auto aborted = json("/repair_run/" + run);
  EXPECT_EQ(text_of(aborted, "state"), "ABORTED");
  EXPECT_GT(text_of(aborted, "end_time"), text_of(done, "end_time"));
  EXPECT_EQ(aborted.at("segments_repaired"), done.at("segments_repaired"));
  EXPECT_EQ(shown(put(state_path(nobody, "RUNNING"))),
            "404 repair run " + nobody + " doesn't exist");
  const auto second = start();
  EXPECT_EQ(shown(put(state_path(second, "ABORTED"))), "200 ");
  EXPECT_EQ(shown(put(state_path(second, "ABORTED"))), "204 ");
  EXPECT_EQ(shown(put(state_path(second, "RUNNING"))),
            "409 Transition ABORTED->RUNNING not supported.");
}

TEST_F(repair_runs_test, what_an_ended_run_may_become_is_answered_as_by_reaper) {
  register_cluster();
  const auto id = start();
  put(state_path(id, "PAUSED"));
  pass(1min);
  const std::vector<std::string> all{"NOT_STARTED", "RUNNING", "PAUSED", "DONE",
                                     "ERROR",       "ABORTED", "DELETED"};
  const auto statuses = [&](model::run_state from) {
    std::vector<int> answers;
    for (const auto& to : all) {
      store_ended(id, from, clock.wall_now());
      answers.push_back(put(state_path(id, to)).status);
      put(state_path(id, "PAUSED"));
      pass(1min);
    }
    return answers;
  };
  using enum model::run_state;
  EXPECT_EQ(statuses(model::run_state::error), (std::vector{409, 200, 409, 409, 204, 409, 409}));
  EXPECT_EQ(statuses(done), (std::vector{409, 409, 409, 204, 409, 200, 409}));
  EXPECT_EQ(statuses(aborted), (std::vector{409, 409, 409, 409, 409, 204, 409}));
}

TEST_F(repair_runs_test, a_run_that_failed_goes_on_when_it_is_started_again) {
  register_cluster();
  const auto id = start();
  pass(100s);
  put(state_path(id, "PAUSED"));
  pass(1min);
  // As the engine stores it when a run can not go on.
  store_ended(id, model::run_state::error, clock.wall_now());
  const auto done = json("/repair_run/" + id).at("segments_repaired").as_int64();
  EXPECT_GT(done, 0);
  EXPECT_EQ(shown(put(state_path(id, "PAUSED"))), "409 Transition ERROR->PAUSED not supported.");
  EXPECT_EQ(shown(put(state_path(id, "RUNNING"))), "200 ");
  EXPECT_TRUE(json("/repair_run/" + id).at("end_time").is_null());
  run_to_end(id);
  EXPECT_EQ(state_of(id), "DONE");
  EXPECT_EQ(cassandra.repaired().not_exactly_once("shop", {"customers", "orders", "visits"}), "");
}

TEST_F(repair_runs_test, one_run_of_a_unit_works_at_a_time) {
  register_cluster();
  const auto first = start();
  const auto second = plan();
  EXPECT_EQ(shown(put(state_path(second, "RUNNING"))),
            "409 run " + first + " repairs the same and is RUNNING");
}

TEST_F(repair_runs_test, a_table_of_a_schedule_is_repaired_otherwise_by_force_only) {
  register_cluster();
  base::uuid_source ids(1);
  model::repair_unit unit;
  unit.id = model::unit_id(ids.next({}));
  unit.cluster_name = name();
  unit.keyspace = "shop";
  unit.excluded_tables = {"visits"};
  model::repair_schedule schedule;
  schedule.id = model::schedule_id(ids.next({}));
  schedule.unit = unit.id;
  schedule.owner = "Ben";
  ASSERT_TRUE(test::run(context, clock, storage.schedules().create(unit, schedule)));
  const auto good = "clusterName=" + name() + "&keyspace=shop&owner=Ana";
  EXPECT_EQ(refused(good + "&tables=orders,visits"),
            "409 schedule " + schedule.id.value().to_string() +
                " of owner 'Ben' repairs table 'orders' with other settings; force=true makes the "
                "run all the same");
  EXPECT_EQ(get("/repair_run").body, "[]");
  plan("&tables=orders,visits&force=true");
  plan("&tables=orders,visits");  // the unit is there already, as with Reaper
  plan("&tables=visits");
  plan("&blacklistedTables=visits");  // what the schedule does
}

TEST_F(repair_runs_test, intensity_is_changed_while_nothing_runs) {
  register_cluster();
  const auto run = plan();
  EXPECT_EQ(shown(put("/repair_run/" + run + "/intensity/0.5")), "200 ");
  EXPECT_EQ(json("/repair_run/" + run).at("intensity").as_double(), 0.5);
  put(state_path(run, "RUNNING"));
  EXPECT_EQ(shown(put("/repair_run/" + run + "/intensity/0.6")),
            "409 repair run must first be paused, it is RUNNING");
  EXPECT_EQ(shown(put("/repair_run/" + run + "/intensity/2")),
            "400 the intensity is \"2\"; a number above 0 and at most 1 is accepted");
}

TEST_F(repair_runs_test, runs_are_removed_by_their_owner_when_nothing_works) {
  register_cluster();
  const auto run = start();
  const auto remove = [&](const std::string& owner) {
    return shown(del("/repair_run/" + run + "?owner=" + owner));
  };
  EXPECT_EQ(remove(""), "400 the query parameter owner is required");
  EXPECT_EQ(remove("nobody"), "409 Repair run " + run + " is currently running");
  pass(10s);
  put(state_path(run, "ABORTED"));
  EXPECT_EQ(remove("nobody"), "409 run " + run + " belongs to another owner");
  EXPECT_EQ(remove("ana"), "409 Repair run " + run + " has running segments");
  pass(1min);
  EXPECT_EQ(remove("ana"), "202 ");
  EXPECT_EQ(remove("ana"), "404 Repair run %s" + run + " not found");
}

TEST_F(repair_runs_test, what_nobody_works_on_any_more_keeps_no_run) {
  register_cluster();
  const auto id = plan();
  auto rows =
      *test::run(context, clock, storage.segments().of_run(model::run_id(*base::uuid::parse(id))));
  auto left = rows.front();
  left.state = model::segment_state::started;
  left.start_time = clock.wall_now();
  left.coordinator = seed();
  ASSERT_TRUE(test::run(context, clock, storage.segments().replace(left)));
  store_ended(id, model::run_state::aborted, clock.wall_now());
  EXPECT_EQ(shown(del("/repair_run/" + id + "?owner=Ana")), "202 ");
}

TEST_F(repair_runs_test, lists_show_what_works_first_the_newest_first_and_no_more_than_asked) {
  register_cluster();
  const auto done = start();
  run_to_end(done);
  const auto planned = plan();
  pass(1s);
  const auto planned_later = plan("&segmentCountPerNode=4&tables=orders");
  const auto works = start("&segmentCountPerNode=4&tables=visits");
  const auto halted = start("&segmentCountPerNode=4&tables=customers");
  put(state_path(halted, "PAUSED"));
  using names = std::vector<std::string>;
  const auto of_cluster = "/repair_run/cluster/" + name();
  EXPECT_EQ(ids(of_cluster), (names{works, halted, planned_later, planned, done}));
  EXPECT_EQ(ids(of_cluster + "?limit=2"), (names{works, halted}));
  EXPECT_EQ(ids(of_cluster + "?limit=0"), names{});
  EXPECT_EQ(get(of_cluster + "?limit=-1").status, 400);
  EXPECT_EQ(ids("/repair_run/cluster/nope"), names{});
  EXPECT_EQ(ids("/repair_run"), (names{halted, works, planned_later, planned, done}));
  EXPECT_EQ(ids("/repair_run?limit=1"), names{halted});
  EXPECT_EQ(ids("/repair_run?state=DONE,running"), (names{works, done}));
  EXPECT_EQ(ids("/repair_run?cluster_name=all&keyspace_name=shop").size(), 5U);
  EXPECT_EQ(ids("/repair_run?cluster_name=" + name() + "&keyspace_name=other"), names{});
  EXPECT_EQ(shown(get("/repair_run?limit=-1")), "400 limit is below 0");
  EXPECT_EQ(shown(get("/repair_run?cluster_name=nope")),
            "404 cluster with name \"nope\" not found");
}

class purge_test : public repair_runs_test {
 protected:
  purge_test() : repair_runs_test({.purge_after_days = 1, .runs_to_keep_per_unit = 1}) {}
};

TEST_F(purge_test, ended_runs_beyond_what_is_kept_are_purged) {
  register_cluster();
  std::vector<std::string> ended;
  for (int count = 0; count < 3; ++count) {
    ended.push_back(start());
    run_to_end(ended.back());
  }
  const auto alive = plan();
  EXPECT_EQ(shown(post("/repair_run/purge")), "200 2");
  EXPECT_EQ(ids("/repair_run"), (std::vector<std::string>{alive, ended.back()}));
  EXPECT_EQ(shown(post("/repair_run/purge")), "200 0");
  store_ended(ended.back(), model::run_state::done, clock.wall_now() - 25h);
  EXPECT_EQ(shown(post("/repair_run/purge")), "200 1");
  EXPECT_EQ(ids("/repair_run"), std::vector<std::string>{alive});
}

TEST_F(repair_runs_test, what_is_refused_is_refused_by_name_and_in_the_order_of_reaper) {
  register_cluster();
  const auto good = "clusterName=" + name() + "&keyspace=shop&owner=Ana";
  EXPECT_EQ(refused("keyspace=shop&owner=Ana"), "400 the query parameter clusterName is required");
  EXPECT_EQ(refused("clusterName=nope&owner=Ana"), "400 the query parameter keyspace is required");
  EXPECT_EQ(refused("clusterName=nope&keyspace=shop"), "400 the query parameter owner is required");
  EXPECT_EQ(refused("clusterName=nope&keyspace=shop&owner=Ana"),
            "404 cluster with name \"nope\" not found");
  EXPECT_EQ(refused("clusterName=" + name() + "&keyspace=nope&owner=Ana"),
            "404 cluster " + name() + " has no keyspace 'nope' that can be repaired");
  EXPECT_EQ(refused("clusterName=" + name() + "&keyspace=empty&owner=Ana"),
            "404 keyspace empty has no tables");
  EXPECT_EQ(refused(good + "&tables=orders,nope,missing"),
            "404 keyspace shop has no table missing, nope");
  EXPECT_EQ(refused(good + "&tables=orders&blacklistedTables=visits"),
            "400 tables and blacklistedTables cannot be given together");
  EXPECT_EQ(refused(good + "&nodes=127.0.0.1&datacenters=dc1"),
            "400 nodes and datacenters cannot be given together");
  EXPECT_EQ(refused(good + "&segmentCountPerNode=1001"),
            "400 segmentCountPerNode is 1001; 0 to 1000 are accepted");
  EXPECT_EQ(refused(good + "&timeout=0").substr(0, 17), "400 timeout is 0;");
  EXPECT_EQ(refused(good + "&intensity=nan").substr(0, 26), "400 the intensity is \"nan\"");
  EXPECT_EQ(refused(good + "&force=yes"),
            "400 the query parameter force is \"yes\"; true and false are accepted");
  EXPECT_EQ(refused(good + "&segmentCountPerNode=x"),
            R"(404 {"code":404,"message":"HTTP 404 Not Found"})");
  EXPECT_EQ(get("/repair_run").body, "[]");
}

}  // namespace
}  // namespace helenus::api
