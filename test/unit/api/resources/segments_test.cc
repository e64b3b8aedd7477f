#include "api/resources/segments.h"

#include "unit/api/resources/rest_fixture.h"

namespace helenus::api {
namespace {

class segments_test : public rest_fixture {
 protected:
  std::string segments_of(const std::string& run) { return "/repair_run/" + run + "/segments"; }

  /// The first segment in that state; fails the test when there is none.
  std::string first_in(const std::string& run, std::string_view state) {
    for (const auto& segment : list(segments_of(run))) {
      if (segment.at("state").as_string() == state) return text_of(segment, "id");
    }
    ADD_FAILURE() << "no segment is " << state;
    return "1-1-1-1-1";
  }

  boost::json::value abort(const std::string& run, const std::string& segment) {
    const auto answer = post(segments_of(run) + "/abort/" + segment);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return boost::json::parse(answer.body);
  }

  void expect_back_in_line(const boost::json::value& segment) {
    EXPECT_EQ(text_of(segment, "state"), "NOT_STARTED");
    EXPECT_EQ(segment.at("failCount").as_int64(), 1);
    for (const auto* member : {"startTime", "endTime", "coordinatorHost"}) {
      EXPECT_TRUE(segment.at(member).is_null()) << member;
    }
  }
};

TEST_F(segments_test, a_segment_that_was_done_is_put_back_and_repaired_again) {
  register_cluster();
  const auto run = start();
  pass(100s);
  const auto segment = first_in(run, "DONE");
  expect_back_in_line(abort(run, segment));
  run_to_end(run);
  EXPECT_EQ(state_of(run), "DONE");
  for (const auto& one : list(segments_of(run))) {
    EXPECT_EQ(text_of(one, "state"), "DONE");
    EXPECT_EQ(one.at("failCount").as_int64(), text_of(one, "id") == segment ? 1 : 0);
  }
}

TEST_F(segments_test, a_segment_that_runs_is_stopped_and_shown_as_it_is_afterwards) {
  register_cluster();
  const auto run = start();
  pass(10s);
  expect_back_in_line(abort(run, first_in(run, "RUNNING")));
}

TEST_F(segments_test, a_segment_of_a_paused_run_stays_in_line) {
  register_cluster();
  const auto run = start();
  pass(100s);
  put("/repair_run/" + run + "/state/PAUSED");
  pass(1min);
  const auto segment = first_in(run, "DONE");
  expect_back_in_line(abort(run, segment));
  pass(10min);
  for (const auto& one : list(segments_of(run))) {
    if (text_of(one, "id") == segment) expect_back_in_line(one);
  }
}

TEST_F(segments_test, only_segments_of_running_and_paused_runs_are_aborted) {
  register_cluster();
  const auto run = plan();
  const auto segment = first_in(run, "NOT_STARTED");
  const auto path = segments_of(run) + "/abort/" + segment;
  EXPECT_EQ(shown(post(path)), "409 Cannot abort segment on repair run with status NOT_STARTED");
  put("/repair_run/" + run + "/state/RUNNING");
  run_to_end(run);
  EXPECT_EQ(shown(post(path)), "409 Cannot abort segment on repair run with status DONE");
}

TEST_F(segments_test, unknown_segments_and_runs_are_named) {
  register_cluster();
  const auto run = start();
  const std::string nobody = "00000001-0001-0001-0001-000000000001";
  EXPECT_EQ(shown(post(segments_of(run) + "/abort/" + nobody)),
            "404 run " + run + " has no segment " + nobody);
  EXPECT_EQ(shown(post(segments_of(nobody) + "/abort/" + nobody)),
            "404 repair run " + nobody + " doesn't exist");
  EXPECT_EQ(shown(post(segments_of(run) + "/abort/whatever")),
            R"(404 {"code":404,"message":"HTTP 404 Not Found"})");
  EXPECT_EQ(shown(get(segments_of(nobody))), "404 repair run " + nobody + " doesn't exist");
}

TEST_F(segments_test, members_are_those_of_reaper_unless_more_is_wanted) {
  register_cluster();
  const auto run = start();
  pass(10s);
  abort(run, first_in(run, "RUNNING"));
  bool ours = false;
  for (const auto& one : list(segments_of(run))) {
    std::set<std::string> names;
    for (const auto& member : one.as_object()) names.insert(member.key());
    EXPECT_EQ(names, (std::set<std::string>{"id", "runId", "repairUnitId", "tokenRange",
                                            "failCount", "state", "coordinatorHost", "startTime",
                                            "endTime", "replicas", "hostID"}));
  }
  for (const auto& one : list(segments_of(run) + "?waiting=true")) {
    ours = ours || (one.as_object().contains("waiting") && one.as_object().contains("lastError"));
  }
  EXPECT_TRUE(ours);
}

}  // namespace
}  // namespace helenus::api
