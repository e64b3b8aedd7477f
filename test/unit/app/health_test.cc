#include "app/health.h"

#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;

constexpr base::clock::wall_time now{1'772'337'600'123ms};  // 2026-03-01T04:00:00.123Z

startup_status waiting() {
  return {.state = startup_state::opening_storage,
          .since = now - 5s,
          .waiting_for = "the keyspace of storage",
          .last_error = "refused",
          .failed_attempts = 2,
          .next_attempt = now + 1s};
}
startup_status ready() { return {.state = startup_state::ready, .since = now - 5s}; }

TEST(health_test, not_ready_says_what_is_waited_for_and_when_it_is_tried_again) {
  const auto answer = not_ready_response(waiting());
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(http::find_header(answer.headers, "Retry-After"));
  EXPECT_EQ(answer.body,
            R"({"state":"opening_storage","since":"2026-03-01T03:59:55.123Z",)"
            R"("waiting_for":"the keyspace of storage","last_error":"refused","attempt":3,)"
            R"("next_attempt":"2026-03-01T04:00:01.123Z"})");
}

http::request asked(const std::string& target) {
  http::request made;
  made.target = *http::parse_target(target);
  return made;
}

TEST(health_test, only_readiness_depends_on_the_start) {
  EXPECT_EQ(livez_response(waiting(), {}).status, 200);
  EXPECT_EQ(startupz_response(waiting(), {}).status, 200);
  EXPECT_EQ(readyz_response(waiting(), {}, false).status, 503);
  EXPECT_EQ(readyz_response(waiting(), {}, false).body,
            "not ok: opening_storage: waiting for the keyspace of storage\n");
  EXPECT_TRUE(http::find_header(readyz_response(waiting(), {}, false).headers, "Retry-After"));
  EXPECT_EQ(readyz_response(ready(), {}, false).status, 200);
  EXPECT_EQ(readyz_response(ready(), {}, false).body, "ok\n");
  EXPECT_EQ(readyz_response({.state = startup_state::draining}, {}, false).status, 503);
}

TEST(health_test, readiness_at_once_is_lost_by_the_drain_only) {
  EXPECT_EQ(readyz_response(waiting(), {}, true).status, 200);
  EXPECT_EQ(readyz_response(waiting(), asked("/readyz?verbose"), true).body,
            "[+]http ok\n[+]not_draining ok\nreadyz check passed\n");
  EXPECT_EQ(readyz_response({.state = startup_state::draining}, {}, true).status, 503);
}

TEST(health_test, verbose_probes_name_each_check) {
  EXPECT_EQ(readyz_response(waiting(), asked("/readyz?verbose"), false).body,
            "[+]http ok\n"
            "[-]start failed: opening_storage: waiting for the keyspace of storage; "
            "last error: refused\n"
            "[+]not_draining ok\n"
            "readyz check failed\n");
  EXPECT_EQ(livez_response(waiting(), asked("/livez?verbose")).body,
            "[+]event_loop ok\nlivez check passed\n");
  EXPECT_EQ(startupz_response(waiting(), asked("/startupz?verbose")).body,
            "[+]http ok\nstartupz check passed\n");
}

TEST(health_test, ping_is_answered_by_the_state_and_by_storage) {
  EXPECT_EQ(ping_response(ready(), {}).status, 204);
  const auto early = ping_response(waiting(), {});
  EXPECT_EQ(early.status, 500);
  EXPECT_EQ(early.body, "opening_storage: waiting for the keyspace of storage\n");
  const auto lost = ping_response(ready(), error{base::errc::timed_out, "no answer"});
  EXPECT_EQ(lost.status, 500);
  EXPECT_EQ(lost.body, "storage does not answer: no answer\n");
}

TEST(health_test, healthcheck_is_200_before_storage_is_there_and_says_what_is_missing) {
  const auto answer = healthcheck_response(waiting(), {}, now);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/json");
  const auto body = boost::json::parse(answer.body).as_object();
  EXPECT_EQ(body.at("deadlocks").at("healthy"), true);
  EXPECT_EQ(body.at("reaper").at("healthy"), true);
  EXPECT_EQ(body.at("reaper").at("message"),
            "opening_storage: waiting for the keyspace of storage");
  EXPECT_EQ(body.at("reaper").at("timestamp"), "2026-03-01T04:00:00.123Z");
}

TEST(health_test, a_ready_process_without_storage_says_so) {
  const auto shown = without_storage(ready(), "no node of the data center is there");
  const auto body = boost::json::parse(status_response(shown, now).body).as_object();
  EXPECT_EQ(body.at("ready"), true);
  EXPECT_EQ(body.at("waiting_for"), "storage");
  EXPECT_EQ(body.at("last_error"), "no node of the data center is there");
}

TEST(health_test, status_is_200_in_every_state) {
  EXPECT_EQ(status_response(waiting(), now).status, 200);
  const auto body = boost::json::parse(status_response(ready(), now).body).as_object();
  EXPECT_EQ(body.at("state"), "ready");
  EXPECT_EQ(body.at("ready"), true);
  EXPECT_TRUE(body.at("next_attempt").is_null());
}

}  // namespace
}  // namespace helenus::app
