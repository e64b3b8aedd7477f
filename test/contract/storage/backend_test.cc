#include "storage/backend.h"

#include "base/task_group.h"
#include "contract/storage/fixture.h"

namespace helenus::storage::test {
namespace {

class backend_contract : public storage_contract {
 protected:
  /// Starts all calls at once and returns how each ended.
  std::vector<boost::system::error_code> together(std::vector<task<model::version>> calls) {
    std::vector<boost::system::error_code> ends(calls.size());
    EXPECT_TRUE(wait(run_all(std::move(calls), ends)));
    return ends;
  }

 private:
  task<void> run_all(std::vector<task<model::version>> calls,
                     std::vector<boost::system::error_code>& ends) {
    base::task_group group(context_.get_executor());
    for (std::size_t index = 0; index < calls.size(); ++index) {
      group.spawn("call", note(std::move(calls[index]), ends[index]));
    }
    co_return co_await group.join();
  }
  static task<void> note(task<model::version> call, boost::system::error_code& end) {
    const auto outcome = co_await std::move(call);
    if (!outcome) end = outcome.error().code;
    co_return result<void>{};
  }
};
HELENUS_STORAGE_CONTRACT(backend_contract);

TEST_P(backend_contract, overlapping_writes_all_take_effect) {
  const auto run = stored_run(100);
  std::vector<task<model::version>> calls;
  for (const auto& segment : *wait(segments().of_run(run.id))) {
    calls.push_back(segments().replace(done(segment)));
  }
  for (const auto& end : together(std::move(calls))) EXPECT_FALSE(end) << end.message();
  EXPECT_EQ(*wait(runs().counts(run.id)), (segment_counts{.total = 100, .done = 100}));
}

TEST_P(backend_contract, of_overlapping_writes_of_one_row_exactly_one_wins) {
  const auto run = stored_run(1);
  const auto segment = wait(segments().of_run(run.id))->front();
  std::vector<task<model::version>> calls;
  for (int index = 0; index < 10; ++index) calls.push_back(segments().replace(started(segment)));
  const auto ends = together(std::move(calls));
  EXPECT_EQ(std::count(ends.begin(), ends.end(), boost::system::error_code()), 1);
  EXPECT_EQ(std::count(ends.begin(), ends.end(), make_error_code(errc::superseded)), 9);
  EXPECT_EQ(wait(segments().find(run.id, segment.id))->stored, 2);
}

TEST_P(backend_contract, a_write_that_fails_takes_no_neighbour_with_it) {
  const auto run = stored_run(20);
  const auto all = *wait(segments().of_run(run.id));
  std::vector<task<model::version>> calls;
  for (std::size_t index = 0; index < all.size(); ++index) {
    auto next = done(all[index]);
    if (index % 3 == 0) next.stored = 5;
    if (index % 3 == 1) next.end_time.reset();
    calls.push_back(segments().replace(next));
  }
  const auto ends = together(std::move(calls));
  for (std::size_t index = 0; index < all.size(); ++index) {
    const auto stored = *wait(segments().find(run.id, all[index].id));
    EXPECT_EQ(!ends[index], index % 3 == 2);
    EXPECT_EQ(stored.stored, index % 3 == 2 ? 2 : 1);
  }
  EXPECT_EQ(wait(runs().counts(run.id))->done, 6);
}

TEST_P(backend_contract, counts_calls_and_commits) {
  const auto before = storage_->counters();
  const auto run = stored_run(1);
  ASSERT_TRUE(wait(segments().of_run(run.id)));
  const auto after = storage_->counters();
  EXPECT_EQ(after.writes - before.writes, 2u);
  EXPECT_EQ(after.reads - before.reads, 2u);
  EXPECT_EQ(after.transactions - before.transactions, 2u);
}

TEST_P(backend_contract, a_durable_backend_finds_everything_again) {
  if (!storage_->traits().durable) {
    EXPECT_EQ(GetParam().name, "memory");
    return;
  }
  const auto run = stored_run(5);
  auto all = *wait(segments().of_run(run.id));
  all[2] = running(all[2]);
  all[2].stored = *wait(segments().replace(all[2]));
  const auto unit = *wait(runs().find_unit(run.unit));
  ASSERT_TRUE(wait(storage_->close()));
  storage_ = *wait(GetParam().open(folder_.path()));
  EXPECT_TRUE(same(wait(clusters().all())->front(), rows_.cluster()));
  EXPECT_TRUE(same(*wait(runs().find(run.id)), run));
  EXPECT_EQ(*wait(runs().find_unit(run.unit)), unit);
  const auto found = *wait(segments().of_run(run.id));
  ASSERT_EQ(found.size(), all.size());
  for (std::size_t index = 0; index < all.size(); ++index) {
    // Where others write too, a version is known to who has read it, until it closes.
    if (storage_->traits().shared) all[index].stored = found[index].stored;
    EXPECT_TRUE(same(found[index], all[index]));
  }
}

}  // namespace
}  // namespace helenus::storage::test
