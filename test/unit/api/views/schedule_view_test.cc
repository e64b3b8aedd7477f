#include "api/views/schedule_view.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

using namespace std::chrono_literals;

storage::schedule_summary shown() {
  storage::schedule_summary made;
  auto& [schedule, unit] = made;
  unit.id = model::unit_id(*base::uuid::parse("a41df800-14aa-11f0-8d51-6b2c4d3e5f60"));
  unit.cluster_name = "orders-prod";
  unit.keyspace = "shop";
  schedule.id = model::schedule_id(*base::uuid::parse("a41e1f10-14aa-11f0-8d51-6b2c4d3e5f60"));
  schedule.unit = unit.id;
  schedule.owner = "ana";
  schedule.creation_time = model::wall_time(1772337600000ms);
  schedule.next_activation = model::wall_time(1772409600000ms);
  schedule.parallelism = model::repair_parallelism::sequential;
  return made;
}

std::string write(const storage::schedule_summary& what) {
  json_writer out;
  write_schedule(out, what);
  return out.take();
}

TEST(schedule_view_test, a_schedule_is_shown_as_reaper_shows_it) {
  EXPECT_EQ(
      write(shown()),
      R"({"id":"a41e1f10-14aa-11f0-8d51-6b2c4d3e5f60","owner":"ana","cluster_name":"orders-prod",)"
      R"("keyspace_name":"shop","column_families":[],"state":"ACTIVE",)"
      R"("creation_time":"2026-03-01T04:00:00Z","next_activation":"2026-03-02T00:00:00Z",)"
      R"("pause_time":null,"intensity":0.8999999761581421,"incremental_repair":false,)"
      R"("subrange_incremental_repair":false,"repair_parallelism":"SEQUENTIAL",)"
      R"("scheduled_days_between":7,"nodes":[],"datacenters":[],"blacklisted_tables":[],)"
      R"("segment_count_per_node":0,"repair_thread_count":1,)"
      R"("repair_unit_id":"a41df800-14aa-11f0-8d51-6b2c4d3e5f60","segment_timeout":30,)"
      R"("adaptive":false,"percent_unrepaired_threshold":-1})");
}

TEST(schedule_view_test, a_paused_one_says_since_when_and_what_it_repairs) {
  auto made = shown();
  made.schedule.state = model::schedule_state::paused;
  made.schedule.pause_time = made.schedule.creation_time;
  made.schedule.percent_unrepaired_threshold = 10;
  made.unit.tables = {"items", "orders"};
  made.unit.datacenters = {"dc1"};
  made.unit.incremental = true;
  const auto text = write(made);
  for (const auto* part :
       {R"("column_families":["items","orders"],"state":"PAUSED")",
        R"("pause_time":"2026-03-01T04:00:00Z")", R"("datacenters":["dc1"])",
        R"("incremental_repair":true)", R"("percent_unrepaired_threshold":10})"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
}

}  // namespace
}  // namespace helenus::api
