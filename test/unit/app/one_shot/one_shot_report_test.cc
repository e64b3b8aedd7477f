#include "app/one_shot/one_shot_report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;

/// A FILE whose text can be read.
class text_file {
 public:
  text_file() : file_(open_memstream(&text_, &size_)) {}
  ~text_file() {
    std::fclose(file_);
    std::free(text_);
  }
  text_file(const text_file&) = delete;
  text_file& operator=(const text_file&) = delete;
  std::FILE* file() { return file_; }
  std::string text() {
    std::fflush(file_);
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* file_;
};

repair::run_report planned_run(int done) {
  repair::run_report report;
  report.unit.keyspace = "shop";
  report.run.tables = {"orders", "customers"};
  report.counts = {.total = 216, .done = done};
  return report;
}

model::cluster lab() {
  model::cluster cluster;
  cluster.name = "lab";
  return cluster;
}

TEST(one_shot_report_test, the_plan_says_what_was_done_before) {
  EXPECT_EQ(plan_sentence(planned_run(0)), "shop: 216 segments of 2 tables");
  EXPECT_EQ(plan_sentence(planned_run(7)), "shop: 216 segments of 2 tables, 7 of them done before");
}

TEST(one_shot_report_test, a_pipe_gets_a_line_for_every_tenth) {
  text_file out;
  const auto report = make_plain_report(out.file());
  report->planned(lab(), {planned_run(0)}, false);
  for (int done = 0; done <= 20; ++done) report->advanced({.total = 20, .done = done});
  const auto text = out.text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2 + 10) << text;
  EXPECT_NE(text.find("repairing cluster 'lab'\nshop: 216 segments of 2 tables\n"),
            std::string::npos)
      << text;
}

TEST(one_shot_report_test, a_pipe_gets_a_line_in_half_a_minute_even_when_little_moves) {
  text_file out;
  const auto report = make_plain_report(out.file());
  for (int second = 0; second <= 90; ++second) {
    report->advanced({.total = 1000, .done = 1, .elapsed = std::chrono::seconds(second)});
  }
  const auto text = out.text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;
}

TEST(one_shot_report_test, a_terminal_keeps_its_bar_below_the_lines) {
  text_file out;
  const auto report = make_terminal_report(out.file());
  report->advanced({.total = 2, .done = 1});
  run_wait wait{{}, "shop", {}};
  wait.reason.detail = "node 10.0.0.3 is down";
  report->waiting(wait);
  const auto text = out.text();
  const auto line = text.find("\r\x1b[KWaiting: shop: node 10.0.0.3 is down\n");
  ASSERT_NE(line, std::string::npos) << text;
  EXPECT_NE(text.find("1/2 segments", line), std::string::npos) << text;
}

TEST(one_shot_report_test, the_end_says_what_is_missing_and_how_to_go_on) {
  one_shot_outcome outcome;
  outcome.exit_code = 1;
  outcome.progress = {.total = 10, .done = 9, .elapsed = 65s};
  outcome.failures = {"shop: remote: Endpoint not alive"};
  outcome.resume_hint = "The same command goes on where it stopped.";
  EXPECT_EQ(closing_lines(outcome),
            (std::vector<std::string>{"Failed: only 9 of 10 segments were repaired in 1:05.",
                                      "  shop: remote: Endpoint not alive",
                                      "The same command goes on where it stopped."}));
}

TEST(one_shot_report_test, a_wait_is_one_json_line_with_run_reason_and_node) {
  text_file out;
  run_wait wait{{}, "shop", {}};
  wait.reason.what = model::waiting_for::node_down;
  wait.reason.node = "10.0.0.3";
  wait.reason.detail = "the other nodes see it as down";
  make_json_report(out.file())->waiting(wait);
  EXPECT_EQ(out.text(), R"({"event":"waiting","run":")" + wait.run.value().to_string() +
                            R"(","keyspace":"shop","for":"node_down","node":"10.0.0.3",)"
                            R"("text":"shop: 10.0.0.3: the other nodes see it as down"})"
                            "\n");
}

TEST(one_shot_report_test, json_lines_are_objects_with_an_event) {
  text_file out;
  const auto report = make_json_report(out.file());
  report->planned(lab(), {planned_run(3)}, true);
  report->advanced({.total = 2, .done = 1, .running = 1});
  report->advanced({.total = 2, .done = 1, .running = 0});
  report->finished({.exit_code = 0, .progress = {.total = 2, .done = 2}});
  const auto text = out.text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;
  EXPECT_NE(text.find(R"({"event":"planned","cluster":"lab","resumed":true,)"), std::string::npos)
      << text;
  EXPECT_NE(text.find(R"({"event":"progress","segments":2,"done":1,"running":1,)"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("exit_code":0)"), std::string::npos) << text;
}

}  // namespace
}  // namespace helenus::app
