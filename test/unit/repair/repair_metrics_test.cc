#include "repair/repair_metrics.h"

#include <gtest/gtest.h>

namespace helenus::repair {
namespace {

using namespace std::chrono_literals;

class repair_metrics_test : public ::testing::Test {
 protected:
  repair_metrics_test() {
    run.cluster_name = "My cluster!";
    run.unit.keyspace = "shop";
  }
  bool says(const std::string& line) {
    return registry.text().find("\n" + line + "\n") != std::string::npos;
  }

  run_facts run;
  base::clock::time_point now{1h};
  metrics::registry registry;
  repair_metrics counts{registry};
  const std::string unit = run.unit.id.value().to_string();
};

TEST_F(repair_metrics_test, progress_has_the_names_and_labels_of_reaper) {
  counts.counted(run, {.total = 8, .done = 2});
  const auto labels = R"({cluster="Mycluster",keyspace="shop",repairid=")" + unit + R"(",})";
  EXPECT_TRUE(says("io_cassandrareaper_service_RepairRunner_segmentsDone" + labels + " 2"))
      << registry.text();
  EXPECT_TRUE(says("io_cassandrareaper_service_RepairRunner_segmentsTotal" + labels + " 8"));
  EXPECT_TRUE(says("io_cassandrareaper_service_RepairRunner_repairProgress" + labels + " 0.25"));
}

TEST_F(repair_metrics_test, ends_of_runs_are_counted_from_the_start_on) {
  const std::string prefix = "io_cassandrareaper_service_RepairManager_repairDone_";
  EXPECT_TRUE(says(prefix + "DONE 0")) << registry.text();
  counts.run_ended(model::run_state::error);
  counts.run_done(run, now);
  EXPECT_TRUE(says(prefix + "DONE 1"));
  EXPECT_TRUE(says(prefix + "ERROR 1"));
  EXPECT_TRUE(says(prefix + "ABORTED 0"));
}

TEST_F(repair_metrics_test, the_age_of_the_last_repair_grows) {
  counts.run_done(run, now);
  counts.update({}, now + 90s);
  EXPECT_TRUE(
      says("io_cassandrareaper_service_RepairRunner_millisSinceLastRepair"
           R"({cluster="Mycluster",keyspace="shop",repairid=")" +
           unit + R"(",runid=")" + unit + R"(",} 90000)"))
      << registry.text();
}

TEST_F(repair_metrics_test, the_newest_of_the_runs_that_storage_knows_is_the_last_repair) {
  counts.was_done(run, now - 1h);
  counts.was_done(run, now - 30min);
  counts.was_done(run, now - 2h);
  counts.update({}, now);
  EXPECT_NE(registry.text().find(R"(,} 1800000)"), std::string::npos) << registry.text();
}

TEST_F(repair_metrics_test, attempts_are_timed_by_coordinator_as_in_reaper) {
  counts.segment_tried(run, "10.0.0.1", 30s, 31s);
  const std::string prefix = "io_cassandrareaper_service_SegmentRunner_";
  const std::string labels = R"(cluster="Mycluster",host="10-0-0-1",keyspace="shop",)";
  EXPECT_TRUE(says("# TYPE " + prefix + "repairing summary")) << registry.text();
  EXPECT_TRUE(says(prefix + "repairing{" + labels + R"(quantile="0.5",} 30)"));
  EXPECT_TRUE(says(prefix + "repairing_count{" + labels + "} 1"));
  EXPECT_TRUE(says(prefix + "runRepair_sum{" + labels + "} 31"));
}

TEST_F(repair_metrics_test, segments_are_counted_by_what_became_of_them) {
  counts.segment_done(run, 30s);
  counts.segment_done(run, 12s);
  counts.segment_failed(run, "10.0.0.1");
  counts.segment_released(run);
  const std::string labels = R"({cluster="Mycluster",keyspace="shop",})";
  EXPECT_TRUE(says("helenus_segments_done_total" + labels + " 2")) << registry.text();
  EXPECT_TRUE(says("helenus_segments_done_seconds_total" + labels + " 42"));
  EXPECT_TRUE(says("helenus_segments_failed_total" + labels + " 1"));
  EXPECT_TRUE(says("helenus_segments_released_total" + labels + " 1"));
  EXPECT_TRUE(
      says("io_cassandrareaper_service_SegmentRunner_postpone"
           R"({cluster="Mycluster",host="10-0-0-1",keyspace="shop",} 1)"));
}

TEST_F(repair_metrics_test, waiting_is_counted_by_reason_and_shown_while_it_lasts) {
  counts.waited(run, model::waiting_for::node_down, 5s);
  counts.waited(run, model::waiting_for::node_down, 7s);
  EXPECT_TRUE(
      says("helenus_run_waiting_seconds_total"
           R"({cluster="Mycluster",for="node_down",keyspace="shop",} 12)"))
      << registry.text();
  counts.update({{&run, 3min}}, now);
  EXPECT_TRUE(
      says("helenus_run_stands_still_seconds"
           R"({cluster="Mycluster",keyspace="shop",repairid=")" +
           unit + R"(",} 180)"))
      << registry.text();
  counts.update({}, now);
  EXPECT_EQ(registry.text().find("helenus_run_stands_still"), std::string::npos);
}

}  // namespace
}  // namespace helenus::repair
