#include "repair/segment/segment_keeper.h"

#include "base/task_group.h"
#include "repair/errc.h"
#include "storage/errc.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <deque>

namespace helenus::repair {
namespace {

using namespace std::chrono_literals;
using model::repair_segment;
using model::segment_state;

/// Storage of one row.
class one_row final : public storage::segment_store {
 public:
  /// What becomes of a write.
  enum class fate { stored, stored_unheard, not_stored };

  repair_segment row;
  std::deque<fate> fates;  ///< of the next writes; those after them are stored

  task<model::version> replace(repair_segment next) override {
    auto what = fate::stored;
    if (!fates.empty()) {
      what = fates.front();
      fates.pop_front();
    }
    const error failure{storage::errc::unavailable, "no answer"};
    if (what == fate::not_stored) co_return failure;
    if (next.stored != row.stored) co_return error{storage::errc::superseded};
    ++next.stored;
    row = std::move(next);
    if (what == fate::stored_unheard) co_return failure;
    co_return row.stored;
  }
  task<repair_segment> find(model::run_id, model::segment_id) override { co_return row; }

  task<std::vector<repair_segment>> of_run(model::run_id) override { co_return none(); }
  task<std::vector<repair_segment>> unfinished(model::run_id) override { co_return none(); }
  task<std::vector<model::segment_id>> done_among(model::run_id,
                                                  std::vector<model::segment_id>) override {
    co_return none();
  }
  task<storage::segment_look> look(model::run_id, model::segment_id,
                                   std::vector<model::segment_id>) override {
    co_return none();
  }
  task<void> split(repair_segment, std::vector<repair_segment>) override { co_return none(); }

 private:
  static error none() { return {storage::errc::not_found, "not asked here"}; }
};

class segment_keeper_test : public ::testing::Test {
 protected:
  segment_keeper_test() {
    storage_.row.state = segment_state::started;
    storage_.row.coordinator = "10.0.0.1";
    storage_.row.start_time = model::wall_time(1h);
    storage_.row.stored = 7;
    keeper_.begin(storage_.row);
    group_.spawn("keep", keeper_.run());
  }
  ~segment_keeper_test() override {
    group_.cancel();
    EXPECT_TRUE(test::run(context_, clock_, group_.join()));
  }

  /// Until it is stored or lost.
  void keep(repair_segment row) {
    keeper_.keep(std::move(row));
    clock_.run(context_, 1h);
  }
  repair_segment with_command() const {
    auto row = storage_.row;
    row.state = segment_state::running;
    row.command = model::command_reference{{}, 42, model::wall_time(2h)};
    return row;
  }
  repair_segment given_back() const {
    auto row = storage_.row;
    row.state = segment_state::not_started;
    row.coordinator.reset();
    row.command.reset();
    row.start_time.reset();
    row.fail_count = 1;
    return row;
  }
  repair_segment done() const {
    auto row = storage_.row;
    row.state = segment_state::done;
    row.command.reset();
    row.end_time = model::wall_time(3h);
    return row;
  }

  boost::asio::io_context context_;
  base::virtual_clock clock_;
  one_row storage_;
  repair_options options_;
  storage_gate gate_{{}};
  segment_keeper keeper_{context_.get_executor(), clock_, storage_, gate_, options_};
  base::task_group group_{context_.get_executor()};
};

using enum one_row::fate;

TEST_F(segment_keeper_test, what_could_not_be_stored_is_stored_later) {
  storage_.fates = {not_stored, not_stored};
  keep(with_command());
  EXPECT_EQ(storage_.row.state, segment_state::running);
  EXPECT_FALSE(keeper_.lost());
  EXPECT_TRUE(gate_.open());
}

TEST_F(segment_keeper_test, what_was_stored_without_an_answer_is_ours) {
  storage_.fates = {stored_unheard, not_stored, stored_unheard};
  keep(with_command());
  EXPECT_FALSE(keeper_.lost());
  EXPECT_EQ(storage_.row.command->number, 42);
  storage_.fates = {stored_unheard};
  keep(done());
  EXPECT_FALSE(keeper_.lost());
  EXPECT_TRUE(keeper_.is_settled());
  EXPECT_EQ(storage_.row.state, segment_state::done);
}

TEST_F(segment_keeper_test, an_attempt_may_end_before_it_is_known_that_its_command_was_stored) {
  storage_.fates = {stored_unheard};
  keeper_.keep(with_command());
  clock_.run(context_, 1ms);
  keep(given_back());
  EXPECT_FALSE(keeper_.lost());
  EXPECT_EQ(storage_.row.state, segment_state::not_started);
  EXPECT_EQ(storage_.row.fail_count, 1);
}

TEST_F(segment_keeper_test, a_part_of_a_write_that_takes_effect_late_makes_nobody_else_its_owner) {
  storage_.fates = {stored_unheard};
  keeper_.keep(with_command());
  clock_.run(context_, 1ms);
  ++storage_.row.stored;
  keep(done());
  EXPECT_FALSE(keeper_.lost());
  EXPECT_EQ(storage_.row.state, segment_state::done);
}

TEST_F(segment_keeper_test, what_somebody_else_has_written_is_left_as_it_is) {
  auto taken = given_back();
  taken.fail_count = 5;
  ++taken.stored;
  storage_.row = taken;
  auto ours = with_command();
  ours.coordinator = "10.0.0.1";
  ours.start_time = model::wall_time(1h);
  keep(ours);
  EXPECT_TRUE(keeper_.lost());
  EXPECT_EQ(storage_.row.state, segment_state::not_started);
  EXPECT_EQ(storage_.row.fail_count, 5);
}

TEST_F(segment_keeper_test, another_attempt_is_somebody_elses) {
  const auto end = done();
  storage_.row.start_time = model::wall_time(2h);
  ++storage_.row.stored;
  keep(end);
  EXPECT_TRUE(keeper_.lost());
  EXPECT_EQ(storage_.row.state, segment_state::started);
}

}  // namespace
}  // namespace helenus::repair
