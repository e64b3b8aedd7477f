#include "api/views/run_view.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

using namespace std::chrono_literals;

constexpr model::wall_time created{1'772'337'600'000ms};  // 2026-03-01T04:00:00Z

repair::run_report running() {
  repair::run_report report;
  report.run.id = model::run_id(*base::uuid::parse("7b0c2a40-14aa-11f0-9c3e-5d1f2a7b9e01"));
  report.unit.id = model::unit_id(*base::uuid::parse("7b0bdc20-14aa-11f0-9c3e-5d1f2a7b9e01"));
  report.run.cause = "manual";
  report.run.owner = "ana";
  report.run.cluster_name = "orders";
  report.run.tables = {"items", "orders"};
  report.run.state = model::run_state::running;
  report.run.creation_time = created;
  report.run.start_time = created + 10s;
  report.run.segment_count = 128;
  report.unit.keyspace = "shop";
  report.counts.done = 16;
  return report;
}

std::string write(const repair::run_report& report, members wanted = members::of_reaper) {
  json_writer out;
  write_run(out, report, created + 75s, wanted);
  return out.take();
}

testing::AssertionResult contains(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no " << part << " in " << text;
}

TEST(run_view_test, a_run_is_shown_as_reaper_shows_it) {
  EXPECT_EQ(
      write(running()),
      R"({"id":"7b0c2a40-14aa-11f0-9c3e-5d1f2a7b9e01","cause":"manual","owner":"ana",)"
      R"("cluster_name":"orders","keyspace_name":"shop","column_families":["items","orders"],)"
      R"("state":"RUNNING","creation_time":"2026-03-01T04:00:00Z",)"
      R"("start_time":"2026-03-01T04:00:10Z","end_time":null,"pause_time":null,)"
      R"("current_time":"2026-03-01T04:01:15Z","duration":"1 minute 5 seconds",)"
      R"("estimated_time_of_arrival":"2026-03-01T04:08:49Z","intensity":0.8999999761581421,)"
      R"("repair_parallelism":"DATACENTER_AWARE","total_segments":128,"segments_repaired":16,)"
      R"("last_event":"no events","blacklisted_tables":[],"nodes":[],"datacenters":[],)"
      R"("incremental_repair":false,"subrange_incremental_repair":false,"repair_thread_count":1,)"
      R"("repair_unit_id":"7b0bdc20-14aa-11f0-9c3e-5d1f2a7b9e01","segment_timeout":30,)"
      R"("adaptive_schedule":false})");
}

TEST(run_view_test, a_run_that_does_not_move_says_why) {
  auto report = running();
  report.waiting = {.what = model::waiting_for::node_down,
                    .node = "10.0.0.1",
                    .since = created,
                    .next_check = created + 5s,
                    .detail = "10.0.0.1 is down"};
  report.run.last_event = "Repaired segment 1";
  EXPECT_TRUE(contains(write(report), R"("last_event":"Waiting for 10.0.0.1: 10.0.0.1 is down",)"));
  EXPECT_FALSE(contains(write(report), R"("waiting")"));
  EXPECT_TRUE(contains(write(report, members::with_waiting),
                       R"("waiting":{"for":"node_down","node":"10.0.0.1",)"
                       R"("since":"2026-03-01T04:00:00Z","next_check":"2026-03-01T04:00:05Z",)"
                       R"("detail":"10.0.0.1 is down"}})"));
}

TEST(run_view_test, a_paused_run_keeps_its_last_event) {
  auto report = running();
  report.run.state = model::run_state::paused;
  report.run.last_event = "Paused";
  report.waiting = {.what = model::waiting_for::run_paused,
                    .node = std::nullopt,
                    .since = created,
                    .next_check = std::nullopt,
                    .detail = "paused; resume it to go on"};
  EXPECT_TRUE(contains(write(report), R"("last_event":"Paused")"));
}

TEST(run_view_test, a_run_that_was_not_started_has_neither_duration_nor_arrival) {
  auto report = running();
  report.run.state = model::run_state::not_started;
  report.run.start_time.reset();
  EXPECT_TRUE(contains(write(report), R"("duration":null,"estimated_time_of_arrival":null)"));
}

TEST(run_view_test, a_run_that_ended_shows_how_long_it_took) {
  auto report = running();
  report.run.state = model::run_state::aborted;
  report.run.end_time = created + 20s;
  EXPECT_TRUE(
      contains(write(report), R"("duration":"10 seconds","estimated_time_of_arrival":null)"));
}

TEST(run_view_test, intensity_is_rounded_in_single_precision) {
  EXPECT_EQ(shown_intensity(0.95), 0.949999988079071);
  EXPECT_EQ(shown_intensity(0.33333), 0.33329999446868896);
  EXPECT_EQ(shown_intensity(0.1), 0.10000000149011612);
  EXPECT_EQ(shown_intensity(1), 1.0);
  EXPECT_EQ(shown_intensity(0.00001), 0.0);
}

}  // namespace
}  // namespace helenus::api
