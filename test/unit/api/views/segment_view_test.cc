#include "api/views/segment_view.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

using namespace std::chrono_literals;

std::string write(const repair::segment_report& report, members wanted = members::of_reaper) {
  model::repair_run run;
  run.unit = model::unit_id(*base::uuid::parse("7b0bdc20-14aa-11f0-9c3e-5d1f2a7b9e01"));
  json_writer out;
  write_segment(out, report, run, wanted);
  return out.take();
}

repair::segment_report done() {
  repair::segment_report report;
  auto& segment = report.segment;
  segment.id = model::segment_id(*base::uuid::parse("7b0c5150-14aa-11f0-9c3e-5d1f2a7b9e01"));
  segment.run = model::run_id(*base::uuid::parse("7b0c2a40-14aa-11f0-9c3e-5d1f2a7b9e01"));
  segment.ranges = {{model::minimum_token(model::partitioner::murmur3), model::token(5)}};
  segment.replicas = std::make_shared<const std::vector<model::replica>>(
      std::vector<model::replica>{{"10.0.0.1", "dc1"}, {"10.0.0.2", "dc1"}});
  segment.state = model::segment_state::done;
  segment.coordinator = "10.0.0.1";
  segment.start_time = model::wall_time(1772337611000ms);
  segment.end_time = model::wall_time(1772337640000ms);
  return report;
}

TEST(segment_view_test, a_segment_is_shown_as_reaper_shows_it) {
  EXPECT_EQ(write(done()),
            R"({"id":"7b0c5150-14aa-11f0-9c3e-5d1f2a7b9e01",)"
            R"("runId":"7b0c2a40-14aa-11f0-9c3e-5d1f2a7b9e01",)"
            R"("repairUnitId":"7b0bdc20-14aa-11f0-9c3e-5d1f2a7b9e01",)"
            R"("tokenRange":{"baseRange":{"start":-9223372036854775808,"end":5},)"
            R"("tokenRanges":[{"start":-9223372036854775808,"end":5}],)"
            R"("replicas":{"10.0.0.1":"dc1","10.0.0.2":"dc1"}},"failCount":0,"state":"DONE",)"
            R"("coordinatorHost":"10.0.0.1","startTime":1772337611000,"endTime":1772337640000,)"
            R"("replicas":{"10.0.0.1":"dc1","10.0.0.2":"dc1"},"hostID":null})");
}

TEST(segment_view_test, a_whole_node_is_shown_with_its_address_and_host_id_before_it_coordinates) {
  auto report = done();
  auto& segment = report.segment;
  segment.state = model::segment_state::not_started;
  segment.coordinator.reset();
  segment.start_time.reset();
  segment.end_time.reset();
  segment.replicas = std::make_shared<const std::vector<model::replica>>();
  segment.node = model::whole_node{
      model::host_id(*base::uuid::parse("7b0c2a40-14aa-41f0-9c3e-5d1f2a7b9e01")), "10.0.0.9"};
  const auto text = write(report);
  EXPECT_NE(text.find(R"("coordinatorHost":"10.0.0.9","startTime":null)"), std::string::npos);
  EXPECT_TRUE(text.ends_with(R"("replicas":{},"hostID":"7b0c2a40-14aa-41f0-9c3e-5d1f2a7b9e01"})"))
      << text;
}

TEST(segment_view_test, a_segment_that_waits_says_for_what_and_what_went_wrong) {
  auto report = done();
  report.segment.last_error = "connection lost";
  report.waiting = {.what = model::waiting_for::replica_busy,
                    .node = "10.0.0.2",
                    .since = model::wall_time(5ms),
                    .next_check = std::nullopt,
                    .detail = "busy"};
  EXPECT_TRUE(write(report).ends_with(R"("hostID":null})"));
  EXPECT_TRUE(
      write(report, members::with_waiting)
          .ends_with(
              R"("hostID":null,"lastError":"connection lost","waiting":{"for":"replica_busy",)"
              R"("node":"10.0.0.2","since":5,"nextCheck":null,"detail":"busy"}})"));
}

}  // namespace
}  // namespace helenus::api
