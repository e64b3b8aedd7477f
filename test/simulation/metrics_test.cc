#include "world.h"

namespace helenus::test {
namespace {

class metrics_simulation : public ::testing::Test {
 protected:
  metrics_simulation() : here(three_nodes()) {
    here.boot();
    request = here.request();
    request.segments_per_node = 4;
  }
  static fake_cluster_options three_nodes() {
    fake_cluster_options options;
    options.layout.datacenters = {{"dc1", 3, 1}};
    options.layout.tokens_per_node = 4;
    return options;
  }
  /// The value of the first sample whose name and labels begin so; -1 when there is none.
  double value(const std::string& begin) {
    here.engine().update_metrics();
    const auto text = "\n" + here.metrics().text();
    const auto at = text.find("\n" + begin);
    if (at == std::string::npos) return -1;
    const auto line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    return std::stod(line.substr(line.rfind(' ') + 1));
  }

  world here;
  repair::run_request request;
  const std::string runner = "io_cassandrareaper_service_RepairRunner_";
};

TEST_F(metrics_simulation, a_run_is_followed_to_its_end) {
  const auto id = here.start(request);
  EXPECT_EQ(value("helenus_segments_done_total"), -1);
  here.pass(2min);
  EXPECT_GT(value(runner + "repairProgress{"), 0.1);
  EXPECT_LT(value(runner + "repairProgress{"), 1.0);
  EXPECT_EQ(value("helenus_run_stands_still_seconds{"), 0);
  EXPECT_EQ(here.run_to_end(id, 24h), model::run_state::done);
  const auto total = here.report(id).counts.total;
  EXPECT_EQ(value(runner + "repairProgress{"), 1.0);
  EXPECT_EQ(value(runner + "segmentsDone{"), total);
  EXPECT_EQ(value(runner + "segmentsTotal{"), total);
  EXPECT_EQ(value("helenus_segments_done_total{"), total);
  EXPECT_EQ(value("helenus_segments_failed_total{"), -1);
  EXPECT_NEAR(value("helenus_segments_done_seconds_total{"), 30 * total, total);
  EXPECT_EQ(value("io_cassandrareaper_service_RepairManager_repairDone_DONE"), 1);
  EXPECT_EQ(value("helenus_run_stands_still_seconds{"), -1);
  here.pass(1h);
  EXPECT_GT(value(runner + "millisSinceLastRepair{"), 3'500'000);
}

TEST_F(metrics_simulation, what_stands_still_is_seen_for_how_long_and_why) {
  const auto id = here.start(request);
  here.pass(45s);
  here.cassandra().node(2).kill();
  here.pass(1h);
  EXPECT_NEAR(value("helenus_run_stands_still_seconds{"), 3600, 300);
  EXPECT_NEAR(value(R"(helenus_run_waiting_seconds_total{cluster="testcluster",for="node_down")"),
              3600, 300)
      << here.metrics().text();
  EXPECT_EQ(value("helenus_segments_failed_total{"), 1);
  EXPECT_EQ(value("io_cassandrareaper_service_SegmentRunner_postpone{"), 1);
  here.cassandra().node(2).start();
  here.pass(2min);
  EXPECT_EQ(value("helenus_run_stands_still_seconds{"), 0);
  EXPECT_EQ(here.run_to_end(id, 24h), model::run_state::done);
}

TEST_F(metrics_simulation, what_people_stop_is_not_counted_as_failed) {
  const auto id = here.start(request);
  here.pass(45s);
  ASSERT_TRUE(here.run(here.engine().abort(id)).has_value());
  here.pass(1min);
  EXPECT_EQ(value("helenus_segments_released_total{"), 1);
  EXPECT_EQ(value("helenus_segments_failed_total{"), -1);
  EXPECT_EQ(value("io_cassandrareaper_service_RepairManager_repairDone_ABORTED"), 1);
}

TEST_F(metrics_simulation, the_age_of_the_last_repair_survives_a_crash) {
  const auto id = here.start(request);
  EXPECT_EQ(here.run_to_end(id, 24h), model::run_state::done);
  here.crash();
  here.pass(1h);
  here.boot();
  here.pass(1s);
  const auto end = *here.report(id).run.end_time;
  EXPECT_EQ(value(runner + "millisSinceLastRepair{"),
            static_cast<double>((here.clock().wall_now() - end).count()));
}

TEST_F(metrics_simulation, attempts_are_timed) {
  const auto id = here.start(request);
  EXPECT_EQ(here.run_to_end(id, 24h), model::run_state::done);
  const std::string timers = "io_cassandrareaper_service_SegmentRunner_";
  EXPECT_NEAR(value(timers + "repairing{"), 30, 1);
  EXPECT_GE(value(timers + "runRepair{"), value(timers + "repairing{"));
  EXPECT_GT(value(timers + "runRepair_count{"), 1);
}

TEST_F(metrics_simulation, counters_go_on_and_progress_is_back_after_a_crash) {
  const auto id = here.start(request);
  here.pass(2min);
  const auto done = value("helenus_segments_done_total{");
  here.crash();
  here.boot();
  here.pass(2min);
  EXPECT_GE(value("helenus_segments_done_total{"), done);
  EXPECT_EQ(value(runner + "segmentsDone{"), here.report(id).counts.done);
}

}  // namespace
}  // namespace helenus::test
