// What Cassandra is asked for the repair of a segment, by all instances together.
#include "contract/storage/cassandra.h"
#include "contract/storage/fixture.h"

namespace helenus::storage::test {
namespace {

constexpr std::uint64_t promised_per_segment = 6;

class storage_cost : public storage_contract {
 protected:
  std::uint64_t statements() { return storage_->counters().statements; }

  /// All that an instance writes of a segment that is repaired at once, in the order of the engine.
  void repair(const model::repair_segment& planned, const node_lease& lease) {
    auto& leases = *storage_->leases();
    ASSERT_TRUE(wait(leases.take(me_, lease, {}, {}))->taken);
    auto row = *wait(segments().find(planned.run, planned.id));
    const auto keep = [&](model::repair_segment next) {
      next.stored = row.stored;
      const auto version = wait(segments().replace(next));
      ASSERT_TRUE(version) << version.error().message();
      row = next;
      row.stored = *version;
    };
    keep(started(row));
    auto told = running(row);
    told.state = model::segment_state::started;
    keep(told);
    keep(running(row));
    keep(done(row));
    ASSERT_TRUE(wait(leases.release(me_, lease)));
  }

  instance me_{rows_.id(), "10.0.0.1"};
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(storage_cost);
INSTANTIATE_TEST_SUITE_P(with_reaper, storage_cost,
                         ::testing::ValuesIn(has_cassandra() ? std::vector{implementations().back()}
                                                             : std::vector<implementation>{}),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(storage_cost, a_segment_costs_no_more_statements_than_promised) {
  const auto run = stored_run(4);
  const auto all = *wait(segments().unfinished(run.id));
  for (const auto& segment : all) {
    const auto before = statements();
    repair(segment, {run.id, segment.id, {"10.0.0.1", "10.0.0.2", "10.0.0.3"}});
    EXPECT_LE(statements() - before, promised_per_segment);
    EXPECT_EQ(wait(segments().find(run.id, segment.id))->state, model::segment_state::done);
  }
  EXPECT_EQ(*wait(runs().counts(run.id)), (segment_counts{.total = 4, .done = 4}));
}

TEST_P(storage_cost, what_others_have_done_of_a_hundred_segments_costs_a_statement) {
  const auto run = stored_run(100);
  std::vector<model::segment_id> ids;
  for (const auto& segment : *wait(segments().of_run(run.id))) ids.push_back(segment.id);
  const auto other = *wait(GetParam().open(folder_.path()));
  for (std::size_t index = 0; index < 3; ++index) {
    const auto seen = *wait(other->segments().find(run.id, ids[index]));
    ASSERT_TRUE(wait(other->segments().replace(done(seen))));
  }
  const auto before = statements();
  EXPECT_EQ(wait(segments().done_among(run.id, ids))->size(), 3U);
  EXPECT_EQ(statements() - before, 1U);
  // Beside that the row of one that is to be worked on.
  const auto last = ids.back();
  ids.pop_back();
  const auto seen = *wait(segments().look(run.id, last, ids));
  EXPECT_EQ(statements() - before, 2U);
  EXPECT_EQ(seen.done.size(), 3U);
  ASSERT_TRUE(seen.row);
  EXPECT_TRUE(wait(segments().replace(done(*seen.row))));
  EXPECT_FALSE(wait(segments().look(run.id, ids[0], {last}))->row);
  EXPECT_EQ(statements() - before, 4U);
  ASSERT_TRUE(wait(other->close()));
}

TEST_P(storage_cost, a_segment_that_another_instance_took_up_is_found_with_its_command) {
  const auto run = stored_run(1);
  auto row = wait(segments().unfinished(run.id))->front();
  const auto other = *wait(GetParam().open(folder_.path()));
  ASSERT_TRUE(wait(other->segments().find(run.id, row.id)));
  row = started(row);
  row.stored = *wait(segments().replace(row));
  EXPECT_EQ(wait(other->segments().find(run.id, row.id))->state, model::segment_state::started);
  row.stored = *wait(segments().replace(running(row)));
  const auto seen = *wait(other->segments().find(run.id, row.id));
  EXPECT_EQ(seen.state, model::segment_state::running);
  EXPECT_EQ(seen.command, running(row).command);
  auto end = done(seen);
  ASSERT_TRUE(wait(other->segments().replace(end)));
  EXPECT_EQ(wait(segments().replace(done(row))).error().code, errc::superseded);
  ASSERT_TRUE(wait(other->close()));
}

TEST_P(storage_cost, a_command_that_is_told_late_takes_nothing_from_who_has_the_segment_now) {
  const auto run = stored_run(1);
  auto late = started(wait(segments().unfinished(run.id))->front());
  late.stored = *wait(segments().replace(late));
  const auto other = *wait(GetParam().open(folder_.path()));
  auto next = *wait(other->segments().find(run.id, late.id));
  next.state = model::segment_state::not_started;
  next.coordinator.reset();
  next.start_time.reset();
  next.fail_count = 1;
  next.last_error = "its instance is gone";
  next.next_attempt = at(500);
  next.stored = *wait(other->segments().replace(next));

  late.stored = *wait(segments().replace(running(late)));
  EXPECT_TRUE(same(*wait(other->segments().find(run.id, next.id)), next));
  EXPECT_EQ(wait(segments().replace(done(late))).error().code, errc::superseded);
  EXPECT_TRUE(same(wait(other->segments().unfinished(run.id))->front(), next));
  ASSERT_TRUE(wait(other->close()));
}

}  // namespace
}  // namespace helenus::storage::test
