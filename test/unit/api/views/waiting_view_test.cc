#include "api/views/waiting_view.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

using namespace std::chrono_literals;

model::waiting_reason reason() {
  return {.what = model::waiting_for::pending_compactions,
          .node = std::nullopt,
          .since = model::wall_time(1'772'337'600'000ms),
          .next_check = model::wall_time(1'772'337'605'000ms),
          .detail = "30 pending"};
}

std::string write(time_style style) {
  json_writer out;
  write_waiting(out, reason(), style);
  return out.take();
}

TEST(waiting_view_test, a_sentence_names_the_node_and_what_it_is) {
  auto why = reason();
  EXPECT_EQ(waiting_sentence(why), "Waiting: 30 pending");
  why.node = "10.0.0.1";
  EXPECT_EQ(waiting_sentence(why), "Waiting for 10.0.0.1: 30 pending");
  why.detail.clear();
  EXPECT_EQ(waiting_sentence(why), "Waiting for 10.0.0.1: pending_compactions");
}

TEST(waiting_view_test, with_runs_times_are_text_under_snake_case_names) {
  EXPECT_EQ(write(time_style::iso),
            R"({"for":"pending_compactions","node":null,"since":"2026-03-01T04:00:00Z",)"
            R"("next_check":"2026-03-01T04:00:05Z","detail":"30 pending"})");
}

TEST(waiting_view_test, with_segments_times_are_milliseconds_under_camel_case_names) {
  EXPECT_EQ(write(time_style::epoch),
            R"({"for":"pending_compactions","node":null,"since":1772337600000,)"
            R"("nextCheck":1772337605000,"detail":"30 pending"})");
}

}  // namespace
}  // namespace helenus::api
