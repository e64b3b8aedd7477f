#include "management/link/progress_event.h"

#include <gtest/gtest.h>

namespace helenus::management::link {
namespace {

constexpr auto id = "3c5b6f20-7c1c-11f0-9d2a-0f1e2d3c4b5a";

service_notification said(int kind, std::string message) {
  return {"progress", "repair:7", std::move(message), 11, {}, kind, 4, 6};
}

template <class Event>
Event read(int kind, std::string message) {
  const auto event = read_progress(said(kind, std::move(message)));
  EXPECT_TRUE(event.has_value());
  EXPECT_TRUE(std::holds_alternative<Event>(event->what));
  return std::get<Event>(event->what);
}

std::string reason(int kind, std::string message) {
  return read<model::command_failed>(kind, std::move(message)).reason;
}

const std::string session =
    std::string("Repair session ") + id + " for range [(-100,200], (300,-400]]";

TEST(progress_event_test, the_number_stands_after_the_colon_of_the_source) {
  EXPECT_EQ(command_of_source("repair:17"), 17);
  for (const auto* source : {"bootstrap", "repair", "repair:", "repair:x", "repair:1x", "repair:0",
                             "repair:-1", "rebuild:1", "repair: 1", "repair:99999999999", ""}) {
    EXPECT_EQ(command_of_source(source), std::nullopt) << source;
  }
}

TEST(progress_event_test, other_notifications_are_no_repair_events) {
  auto other = said(0, "Starting repair");
  other.type = "repair";
  EXPECT_FALSE(read_progress(other));
  other = said(1, "prepare");
  other.source = "bootstrap";
  EXPECT_FALSE(read_progress(other));
}

TEST(progress_event_test, the_event_carries_command_number_and_time) {
  const auto event = *read_progress(said(5, "Repair command #7 finished in 2 seconds"));
  EXPECT_EQ(event.command, 7);
  EXPECT_EQ(event.number, 11);
}

TEST(progress_event_test, the_start_names_the_parent_session_and_counts_the_ranges) {
  const auto started = read<model::command_started>(
      0, std::string("Starting repair command #7 (") + id +
             "), repairing keyspace ks with repair options (parallelism: parallel, primary range: "
             "false, incremental: false, job threads: 1, ColumnFamilies: [t1], dataCenters: [], "
             "hosts: [], # of ranges: 48, pull repair: false)");
  EXPECT_EQ(started.parent_session->to_string(), id);
  EXPECT_EQ(started.range_count, 48);
}

TEST(progress_event_test, a_start_with_another_text_is_still_a_start) {
  const auto started = read<model::command_started>(0, "Starting (something) new");
  EXPECT_FALSE(started.parent_session);
  EXPECT_FALSE(started.range_count);
}

TEST(progress_event_test, progress_leaves_out_the_ranges) {
  const auto progress = read<model::command_progress>(1, session + " finished");
  EXPECT_EQ(progress.text, std::string("Repair session ") + id + " finished");
  EXPECT_EQ(progress.done, 4);
  EXPECT_EQ(progress.total, 6);
}

TEST(progress_event_test, a_failed_session_of_3_11_comes_as_progress) {
  EXPECT_EQ(reason(1, session + " failed with error Terminate session is called"),
            "Terminate session is called");
  EXPECT_EQ(reason(1, session + " failed with error Endpoint /127.0.0.3 died"),
            "Endpoint /127.0.0.3 died");
  EXPECT_EQ(reason(2, "Some repair failed"), "Some repair failed");
}

TEST(progress_event_test, a_failed_session_of_4_0_and_later_comes_as_error) {
  EXPECT_EQ(reason(2, "Repair command #7 failed with error " + session +
                          " failed with error Terminate session is called"),
            "Terminate session is called");
}

TEST(progress_event_test, the_reason_stands_behind_the_list_of_ranges) {
  EXPECT_EQ(reason(2, "Repair command #7 failed with error " + session + " failed with error " +
                          "[repair #" + id + " on ks/t1, [(-100,200], (300,-400]]] " +
                          "Sync failed between /127.0.0.1:7000 and /127.0.0.2:7000"),
            "Sync failed between /127.0.0.1:7000 and /127.0.0.2:7000");
  EXPECT_EQ(reason(1, session + " failed with error [repair #" + id +
                          " on ks/t1, [(-100,200]]] Validation failed in /127.0.0.2"),
            "Validation failed in /127.0.0.2");
}

TEST(progress_event_test, refusals_keep_their_reason) {
  EXPECT_EQ(reason(2, "Repair command #7 failed with error Unknown keyspace/cf pair (ks.t)"),
            "Unknown keyspace/cf pair (ks.t)");
  EXPECT_EQ(reason(2,
                   "Repair command #7 failed with error Nothing to repair for (1,2] in ks - "
                   "aborting"),
            "Nothing to repair for (1,2] in ks - aborting");
  EXPECT_EQ(reason(2, "Repair command #7 failed with error Endpoint not alive: /127.0.0.3:7000"),
            "Endpoint not alive: /127.0.0.3:7000");
  EXPECT_EQ(reason(3, "aborted"), "aborted");
}

TEST(progress_event_test, a_reason_is_one_line) {
  EXPECT_EQ(reason(2,
                   "Repair command #7 failed with error Stream failed: \nSession peer "
                   "/127.0.0.2:7000 Failed because there was an\tClosedChannelException\n"),
            "Stream failed: Session peer /127.0.0.2:7000 Failed because there was an "
            "ClosedChannelException");
}

TEST(progress_event_test, a_long_reason_is_cut_between_two_characters) {
  std::string text = "x";
  for (int count = 0; count < 1000; ++count) text += "\xc3\xa9";
  const auto cut = reason(2, text);
  EXPECT_LE(cut.size(), longest_text + 1);
  EXPECT_EQ(cut.substr(cut.size() - 2), "\xc3\xa9");
}

TEST(progress_event_test, success_and_completion_are_two_events) {
  EXPECT_EQ(read<model::command_succeeded>(4, "Repair completed successfully").text,
            "Repair completed successfully");
  EXPECT_FALSE(
      read<model::command_completed>(5, "Repair command #7 finished in 2 seconds").says_error);
  EXPECT_TRUE(
      read<model::command_completed>(5, "Repair command #7 finished with error").says_error);
}

TEST(progress_event_test, a_skipped_repair_is_a_notice) {
  const auto text =
      std::string("Repair ") + id + " skipped: " + id + " Empty keyspace, skipping repair: ks";
  EXPECT_EQ(read<model::command_notice>(6, text).text, text);
}

TEST(progress_event_test, kinds_of_the_future_are_notices) {
  read<model::command_notice>(7, "what is new");
  read<model::command_notice>(-3, "what is wrong");
  auto bare = said(0, "no user data");
  bare.kind.reset();
  EXPECT_TRUE(std::holds_alternative<model::command_notice>(read_progress(bare)->what));
}

}  // namespace
}  // namespace helenus::management::link
