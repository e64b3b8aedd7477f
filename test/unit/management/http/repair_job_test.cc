#include "management/http/repair_job.h"

#include "management/errc.h"

#include <gtest/gtest.h>

namespace helenus::management::http {
namespace {

using model::command_state;

std::string job_text(const std::string& status, const std::string& changes) {
  return R"({"id":"repair-7","type":"repair","submit_time":"1700000000000","end_time":"0","status":")" +
         status + R"(","status_changes":)" + changes + "}";
}

std::string change(const std::string& status, const std::string& message) {
  return R"({"status":")" + status + R"(","change_time":"1700000000001","message":")" + message +
         R"("})";
}

command_state state(const std::string& status, const std::string& changes) {
  return state_of(*read_job(job_text(status, changes))).state;
}

TEST(repair_job_test, a_job_that_waits_runs) {
  EXPECT_EQ(state("WAITING", "[]"), command_state::running);
  EXPECT_EQ(state("WAITING", "[" + change("START", "Starting") + "]"), command_state::running);
  EXPECT_EQ(state("ERROR", "[" + change("ERROR", "a session failed") + "]"), command_state::running)
      << "the command goes on with its other sessions";
}

TEST(repair_job_test, only_a_listed_success_is_one) {
  EXPECT_EQ(
      state("COMPLETED", "[" + change("SUCCESS", "done") + "," + change("COMPLETE", "") + "]"),
      command_state::succeeded);
  EXPECT_EQ(state("COMPLETED", "[" + change("COMPLETE", "finished") + "]"), command_state::failed);
  EXPECT_EQ(state("COMPLETED", "[]"), command_state::failed);
}

TEST(repair_job_test, a_completion_does_not_make_an_error_good) {
  const auto job = *read_job(job_text(
      "COMPLETED", "[" + change("ERROR", "Repair command #7 failed with error Endpoint not alive") +
                       "," + change("SUCCESS", "") + "," + change("COMPLETE", "finished") + "]"));
  EXPECT_EQ(state_of(job).state, command_state::failed);
  EXPECT_EQ(state_of(job).detail, "Endpoint not alive");
}

TEST(repair_job_test, a_failure_without_a_reason_is_one) {
  const auto end = "," + change("SUCCESS", "") + "," + change("COMPLETE", "") + "]";
  for (const auto* status : {"ERROR", "ABORT"}) {
    for (const auto* said : {"", " ", "Repair command #7 failed with error "}) {
      EXPECT_EQ(state("COMPLETED", "[" + change(status, said) + end), command_state::failed)
          << status << " '" << said << "'";
    }
  }
  const auto good = "[" + change("SUCCESS", "") + "," + change("COMPLETE", "") + "]";
  EXPECT_EQ(state("ERROR", good), command_state::failed) << "the job itself says so";
}

TEST(repair_job_test, changes_may_be_a_text_that_contains_the_list) {
  const auto job = *read_job(job_text(
      "COMPLETED",
      R"("[{\"status\":\"SUCCESS\",\"change_time\":\"5\",\"message\":\"m\"},{\"status\":\"COMPLETE\",\"change_time\":6,\"message\":null}]")"));
  ASSERT_EQ(job.changes.size(), 2U);
  EXPECT_EQ(job.changes[0].time_ms, 5);
  EXPECT_EQ(job.changes[1].time_ms, 6);
  EXPECT_EQ(state_of(job).state, command_state::succeeded);
  EXPECT_EQ(state("WAITING", R"("")"), command_state::running);
  EXPECT_EQ(state("WAITING", "null"), command_state::running);
}

TEST(repair_job_test, what_is_no_job_is_an_unexpected_answer) {
  for (const auto& text :
       {std::string("{}"), std::string("[]"), std::string(""), std::string("{\"status\":7}"),
        job_text("WAITING", "7"), job_text("WAITING", "[7]"), job_text("WAITING", "\"7\""),
        job_text("WAITING", "\"\\\"[]\\\"\"")}) {
    EXPECT_EQ(read_job(text).error().code, errc::unexpected_answer) << text;
  }
}

TEST(repair_job_test, changes_are_told_as_events_from_where_one_was) {
  const auto job = *read_job(
      job_text("COMPLETED", "[" + change("START", "Starting repair command #7 (# of ranges: 2)") +
                                "," + change("SOMETHING_NEW", "") + "," +
                                change("ERROR", "x failed with error y") + "," +
                                change("COMPLETE", "finished with error") + "]"));
  const auto all = events_of(job, 7, 0);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].command, 7);
  EXPECT_TRUE(std::holds_alternative<model::command_started>(all[0].what));
  EXPECT_EQ(std::get<model::command_failed>(all[1].what).reason, "y");
  EXPECT_TRUE(std::holds_alternative<model::command_completed>(all[2].what));
  EXPECT_EQ(events_of(job, 7, 3).size(), 1U);
  EXPECT_TRUE(events_of(job, 7, 4).empty());
  EXPECT_TRUE(events_of(job, 7, 40).empty());
}

TEST(repair_job_test, the_number_is_in_the_name) {
  EXPECT_EQ(*command_of_job("repair-17"), 17);
  EXPECT_EQ(*command_of_job("repair-0"), 0);
  for (const auto* id :
       {"", "17", "repair-", "repair-x", "repair-1x", "repair--1", "repair-99999999999"}) {
    EXPECT_EQ(command_of_job(id).error().code, errc::unexpected_answer) << id;
  }
}

}  // namespace
}  // namespace helenus::management::http
