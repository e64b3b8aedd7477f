#include "base/task_group.h"
#include "contract/storage/fixture.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <limits>

namespace helenus::storage::test {
namespace {

class segment_store_contract : public storage_contract {
 protected:
  model::repair_segment only_segment(const model::repair_run& run) {
    return wait(segments().of_run(run.id))->front();
  }
  /// Two neighbours that cover what `segment` covers.
  std::vector<model::repair_segment> halves(const model::repair_segment& segment) {
    const auto start = static_cast<long>(segment.ranges[0].start.value());
    const auto end = static_cast<long>(segment.ranges[0].end.value());
    return {rows_.segment(segment.run, start, start + 30),
            rows_.segment(segment.run, start + 30, end)};
  }
  task<void> read_until(const bool& end, model::run_id run) {
    while (!end) {
      CO_TRY_VOID(co_await segments().of_run(run));
      co_await boost::asio::post(context_, boost::asio::use_awaitable);
    }
    co_return result<void>{};
  }
  /// Fails each segment again and again, and then repairs it.
  task<void> work_on(std::vector<model::repair_segment> rows) {
    constexpr int failures = 4;
    for (const auto& row : rows) {
      auto version = row.stored;
      for (int failed = 0; failed <= failures; ++failed) {
        for (auto next : attempt(row, failed, failed == failures)) {
          next.stored = version;
          CO_TRY(stored, co_await segments().replace(next));
          version = stored;
        }
      }
    }
    co_return result<void>{};
  }
  /// A segment as it is stored during an attempt that follows `failures` others.
  static std::vector<model::repair_segment> attempt(const model::repair_segment& row, int failures,
                                                    bool succeeds) {
    auto begun = running(row);
    *begun.start_time += std::chrono::minutes(failures);
    begun.command->number += failures;
    begun.fail_count = failures;
    auto claimed = begun;
    claimed.state = model::segment_state::started;
    claimed.command.reset();
    if (succeeds) return {claimed, begun, done(begun)};
    auto failed = row;
    failed.fail_count = failures + 1;
    failed.last_error = "attempt " + std::to_string(failures);
    failed.next_attempt = *begun.start_time + std::chrono::minutes(1);
    return {claimed, begun, failed};
  }
};
HELENUS_STORAGE_CONTRACT(segment_store_contract);

TEST_P(segment_store_contract, lists_segments_in_the_order_of_planning) {
  ASSERT_TRUE(wait(clusters().save(rows_.cluster())));
  const auto unit = rows_.unit();
  const auto run = rows_.run(unit, 40);
  auto planned = rows_.segments(run.id, 40);
  std::reverse(planned.begin(), planned.end());
  ASSERT_TRUE(wait(runs().create(unit, run, planned)));
  const auto found = *wait(segments().of_run(run.id));
  ASSERT_EQ(found.size(), planned.size());
  for (std::size_t index = 0; index < found.size(); ++index) {
    EXPECT_EQ(found[index].id, planned[index].id);
  }
}

TEST_P(segment_store_contract, equal_replica_sets_of_one_answer_are_one_object) {
  const auto run = stored_run(4);
  const auto found = *wait(segments().of_run(run.id));
  EXPECT_NE(*found[0].replicas, *found[1].replicas);
  if (GetParam().name != "memory") {  // which keeps the objects that it was given
    EXPECT_EQ(found[0].replicas, found[2].replicas);
    EXPECT_EQ(found[1].replicas, found[3].replicas);
  }
}

TEST_P(segment_store_contract, unfinished_leaves_out_what_is_done) {
  const auto run = stored_run(4);
  const auto all = *wait(segments().of_run(run.id));
  ASSERT_TRUE(wait(segments().replace(done(all[1]))));
  ASSERT_TRUE(wait(segments().replace(running(all[2]))));
  const auto open = *wait(segments().unfinished(run.id));
  ASSERT_EQ(open.size(), 3u);
  EXPECT_EQ(open[0].id, all[0].id);
  EXPECT_EQ(open[1].id, all[2].id);
  EXPECT_EQ(open[2].id, all[3].id);
}

TEST_P(segment_store_contract, tells_which_of_some_segments_are_done) {
  const auto run = stored_run(5);
  const auto all = *wait(segments().of_run(run.id));
  for (const auto index : {1u, 2u, 4u}) ASSERT_TRUE(wait(segments().replace(done(all[index]))));
  ASSERT_TRUE(wait(segments().replace(running(all[3]))));
  const auto asked = [&](std::vector<model::segment_id> ids) {
    return *wait(segments().done_among(run.id, std::move(ids)));
  };
  EXPECT_THAT(asked({all[0].id, all[1].id, all[2].id, all[3].id}),
              ::testing::UnorderedElementsAre(all[1].id, all[2].id));
  EXPECT_THAT(asked({all[4].id, model::segment_id(rows_.id())}), ::testing::ElementsAre(all[4].id));
  EXPECT_THAT(asked({}), ::testing::IsEmpty());
}

TEST_P(segment_store_contract, a_segment_is_read_together_with_what_became_of_others) {
  const auto run = stored_run(4);
  const auto all = *wait(segments().of_run(run.id));
  for (const auto index : {1u, 3u}) ASSERT_TRUE(wait(segments().replace(done(all[index]))));
  ASSERT_TRUE(wait(segments().replace(running(all[2]))));
  for (const auto index : {0u, 2u}) {
    const auto seen = *wait(segments().look(
        run.id, all[index].id, {all[1].id, all[2 - index].id, model::segment_id(rows_.id())}));
    ASSERT_TRUE(seen.row);
    EXPECT_TRUE(same(*seen.row, *wait(segments().find(run.id, all[index].id))));
    EXPECT_THAT(seen.done, ::testing::ElementsAre(all[1].id));
    EXPECT_TRUE(wait(segments().replace(index == 0 ? started(*seen.row) : done(*seen.row))));
  }
  const auto over = *wait(segments().look(run.id, all[3].id, {all[1].id}));
  EXPECT_FALSE(over.row);
  EXPECT_THAT(over.done, ::testing::UnorderedElementsAre(all[1].id, all[3].id));
}

TEST_P(segment_store_contract, a_segment_that_is_not_there_is_not_read_with_others_either) {
  const auto run = stored_run(1);
  const auto segment = only_segment(run);
  const auto unknown = [&](model::run_id of, model::segment_id id) {
    const auto refused = wait(segments().look(of, id, {segment.id}));
    return !refused && refused.error().code == make_error_code(errc::not_found);
  };
  EXPECT_TRUE(unknown(run.id, model::segment_id(rows_.id())));
  EXPECT_TRUE(unknown(model::run_id(rows_.id()), segment.id));
  EXPECT_TRUE(unknown(stored_run(1).id, segment.id));
  std::vector<model::segment_id> others(segment_store::most_asked, segment.id);
  EXPECT_EQ(wait(segments().look(run.id, segment.id, others)).error().code, errc::invalid_row);
}

TEST_P(segment_store_contract, of_segments_that_the_run_does_not_have_none_is_done) {
  const auto run = stored_run(1);
  const auto other = stored_run(1);
  const auto segment = only_segment(run);
  ASSERT_TRUE(wait(segments().replace(done(segment))));
  EXPECT_THAT(*wait(segments().done_among(other.id, {segment.id})), ::testing::IsEmpty());
  const model::run_id absent{rows_.id()};
  EXPECT_THAT(*wait(segments().done_among(absent, {segment.id})), ::testing::IsEmpty());
  EXPECT_THAT(*wait(segments().done_among(run.id, {segment.id})),
              ::testing::ElementsAre(segment.id));
}

TEST_P(segment_store_contract, a_hundred_segments_are_asked_for_at_once_and_no_more) {
  const auto run = stored_run(1);
  std::vector<model::segment_id> ids{only_segment(run).id};
  while (ids.size() < segment_store::most_asked) ids.emplace_back(rows_.id());
  EXPECT_TRUE(wait(segments().done_among(run.id, ids)));
  ids.emplace_back(rows_.id());
  const auto refused = wait(segments().done_among(run.id, ids));
  EXPECT_EQ(refused.error().code, errc::invalid_row);
  EXPECT_THAT(refused.error().message(), ::testing::HasSubstr("101 segments"));
}

TEST_P(segment_store_contract, what_is_not_there_is_not_found) {
  const auto run = stored_run(1);
  const auto other = stored_run(1);
  const auto segment = only_segment(run);
  const model::run_id absent{rows_.id()};
  EXPECT_EQ(wait(segments().of_run(absent)).error().code, errc::not_found);
  EXPECT_EQ(wait(segments().unfinished(absent)).error().code, errc::not_found);
  EXPECT_EQ(wait(segments().find(absent, segment.id)).error().code, errc::not_found);
  EXPECT_EQ(wait(segments().find(other.id, segment.id)).error().code, errc::not_found);
  auto moved = segment;
  moved.run = other.id;
  EXPECT_EQ(wait(segments().replace(moved)).error().code, errc::not_found);
  EXPECT_EQ(wait(segments().replace(rows_.segment(run.id, 1, 2))).error().code, errc::not_found);
  EXPECT_EQ(wait(segments().split(moved, halves(moved))).error().code, errc::not_found);
}

TEST_P(segment_store_contract, replace_writes_every_field_and_counts_versions) {
  const auto run = stored_run(1);
  auto next = running(only_segment(run));
  next.fail_count = 3;
  next.coordinator = "fd00::1%eth0";
  next.command->number = std::numeric_limits<std::int32_t>::min();
  next.next_attempt = at(300);
  next.last_error = "remote: Repair failed, 'quoted' \xc3\xa9";
  EXPECT_EQ(*wait(segments().replace(next)), 2);
  next.stored = 2;
  EXPECT_TRUE(same(*wait(segments().find(run.id, next.id)), next));

  auto postponed = next;
  postponed.state = model::segment_state::not_started;
  postponed.coordinator.reset();
  postponed.command.reset();
  postponed.start_time.reset();
  EXPECT_EQ(*wait(segments().replace(postponed)), 3);
  postponed.stored = 3;
  EXPECT_TRUE(same(*wait(segments().find(run.id, next.id)), postponed));
}

TEST_P(segment_store_contract, replace_only_writes_over_the_version_that_was_seen) {
  const auto run = stored_run(1);
  const auto seen = only_segment(run);
  ASSERT_TRUE(wait(segments().replace(started(seen))));
  EXPECT_EQ(wait(segments().replace(done(seen))).error().code, errc::superseded);
  EXPECT_EQ(wait(segments().find(run.id, seen.id))->state, model::segment_state::started);
}

TEST_P(segment_store_contract, no_write_is_superseded_by_those_who_only_read) {
  const auto run = stored_run(3);
  bool written = false;
  base::task_group readers(context_.get_executor());
  for (int reader = 0; reader < 8; ++reader) {
    readers.spawn("read", read_until(written, run.id));
  }
  const auto outcome = wait(work_on(*wait(segments().of_run(run.id))));
  EXPECT_TRUE(outcome) << outcome.error().message();
  written = true;
  EXPECT_TRUE(wait(readers.join()));
}

TEST_P(segment_store_contract, replace_refuses_other_ranges_and_rows_that_break_a_rule) {
  const auto run = stored_run(1);
  const auto segment = only_segment(run);
  auto moved = segment;
  moved.ranges = {range(1, 2)};
  EXPECT_EQ(wait(segments().replace(moved)).error().code, errc::invalid_row);
  auto broken = done(segment);
  broken.end_time.reset();
  EXPECT_EQ(wait(segments().replace(broken)).error().code, errc::invalid_row);
  EXPECT_TRUE(same(*wait(segments().find(run.id, segment.id)), segment));
}

TEST_P(segment_store_contract, replace_leaves_replicas_as_planned) {
  const auto run = stored_run(1);
  const auto segment = only_segment(run);
  auto next = started(segment);
  next.replicas = replicas({"10.9.9.9"});
  ASSERT_TRUE(wait(segments().replace(next)));
  EXPECT_EQ(*wait(segments().find(run.id, segment.id))->replicas, *segment.replicas);
}

TEST_P(segment_store_contract, a_whole_node_keeps_its_host_id_and_follows_its_coordinator) {
  ASSERT_TRUE(wait(clusters().save(rows_.cluster())));
  const auto unit = rows_.unit();
  const auto run = rows_.run(unit, 2);
  const auto node = rows_.node_segment(run.id, "10.0.0.9");
  ASSERT_TRUE(wait(runs().create(unit, run, {node, rows_.node_segment(run.id, "10.0.0.8")})));
  auto row = *wait(segments().find(run.id, node.id));
  EXPECT_EQ(row.node, node.node);
  EXPECT_TRUE(row.replicas->empty());
  EXPECT_FALSE(row.coordinator);

  auto next = running(row);  // at another address by now
  next.stored = *wait(segments().replace(next));
  row = *wait(segments().find(run.id, node.id));
  EXPECT_EQ(row.coordinator, "10.0.0.1");
  EXPECT_EQ(row.node, (model::whole_node{node.node->id, "10.0.0.1"}));
  EXPECT_EQ(row.command, next.command);

  next = row;
  next.state = model::segment_state::not_started;
  next.coordinator.reset();
  next.command.reset();
  next.start_time.reset();
  next.fail_count = 1;
  next.stored = *wait(segments().replace(next));
  EXPECT_TRUE(same(wait(segments().unfinished(run.id))->front(), next));
  EXPECT_EQ(next.node->address, "10.0.0.1");
}

TEST_P(segment_store_contract, a_whole_node_can_not_become_another_nor_be_split) {
  ASSERT_TRUE(wait(clusters().save(rows_.cluster())));
  const auto unit = rows_.unit();
  const auto run = rows_.run(unit, 1);
  ASSERT_TRUE(wait(runs().create(unit, run, {rows_.node_segment(run.id, "10.0.0.9")})));
  const auto stored = only_segment(run);
  auto next = stored;
  next.node->id = model::host_id(rows_.id());
  EXPECT_EQ(wait(segments().replace(next)).error().code, errc::invalid_row);
  next = stored;
  next.node->id = {};
  EXPECT_EQ(wait(segments().replace(next)).error().code, errc::invalid_row);
  next = stored;
  next.node.reset();
  next.replicas = replicas({"10.0.0.9"});
  EXPECT_EQ(wait(segments().replace(next)).error().code, errc::invalid_row);
  EXPECT_EQ(wait(segments().split(stored, halves(stored))).error().code, errc::invalid_row);
  EXPECT_TRUE(same(only_segment(run), stored));
}

TEST_P(segment_store_contract, counts_follow_every_change) {
  const auto run = stored_run(6);
  std::uint64_t random = 88172645463325252ULL;
  for (int step = 0; step < 60; ++step) {
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    auto all = *wait(segments().of_run(run.id));
    auto segment = all[random % all.size()];
    segment.fail_count = static_cast<int>(random >> 8 & 1);
    segment.state = model::segment_state::not_started;
    segment.start_time.reset();
    segment.end_time.reset();
    segment.coordinator.reset();
    segment.command.reset();
    if ((random >> 16) % 3 == 1) segment = running(segment);
    if ((random >> 16) % 3 == 2) segment = done(segment);
    ASSERT_TRUE(wait(segments().replace(segment)));
    EXPECT_EQ(*wait(runs().counts(run.id)), counted(*wait(segments().of_run(run.id))));
  }
}

TEST_P(segment_store_contract, split_puts_parts_at_the_end_and_counts_them) {
  const auto run = stored_run(3);
  const auto all = *wait(segments().of_run(run.id));
  auto parts = halves(all[1]);
  parts[0].stored = 9;
  ASSERT_TRUE(wait(segments().split(all[1], parts)));
  const auto found = *wait(segments().of_run(run.id));
  ASSERT_EQ(found.size(), 4u);
  EXPECT_TRUE(same(found[0], all[0]));
  EXPECT_TRUE(same(found[1], all[2]));
  for (std::size_t index = 0; index < 2; ++index) {
    parts[index].stored = 1;
    EXPECT_TRUE(same(found[index + 2], parts[index]));
  }
  EXPECT_EQ(wait(segments().find(run.id, all[1].id)).error().code, errc::not_found);
  EXPECT_TRUE(same(*wait(segments().find(run.id, parts[1].id)), parts[1]));
  EXPECT_EQ(wait(runs().counts(run.id))->total, 4);
}

TEST_P(segment_store_contract, split_does_not_supersede_the_run) {
  const auto run = stored_run(1);
  const auto segment = only_segment(run);
  ASSERT_TRUE(wait(segments().split(segment, halves(segment))));
  EXPECT_EQ(wait(runs().find(run.id))->segment_count, 2);
  auto next = run;
  next.last_event = "mapped to the new ring";
  EXPECT_TRUE(wait(runs().replace(next)));
  EXPECT_EQ(wait(runs().find(run.id))->segment_count, 2);
}

TEST_P(segment_store_contract, parts_can_be_split_and_finished_like_any_segment) {
  const auto run = stored_run(2);
  const auto all = *wait(segments().of_run(run.id));
  ASSERT_TRUE(wait(segments().split(all[0], halves(all[0]))));
  const auto part = wait(segments().of_run(run.id))->back();
  ASSERT_TRUE(wait(segments().split(part, halves(part))));
  for (const auto& segment : *wait(segments().of_run(run.id))) {
    ASSERT_TRUE(wait(segments().replace(done(segment))));
  }
  EXPECT_EQ(*wait(runs().counts(run.id)), (segment_counts{.total = 4, .done = 4}));
  EXPECT_TRUE(wait(segments().unfinished(run.id))->empty());
}

TEST_P(segment_store_contract, one_part_may_take_the_place_of_the_whole_with_new_replicas) {
  const auto run = stored_run(1);
  const auto segment = only_segment(run);
  auto part = segment;
  part.id = model::segment_id(rows_.id());
  part.replicas = replicas({"10.0.0.8", "10.0.0.9"});
  ASSERT_TRUE(wait(segments().split(segment, {part})));
  EXPECT_EQ(*only_segment(run).replicas, *part.replicas);
}

TEST_P(segment_store_contract, split_accepts_parts_of_a_range_that_wraps) {
  ASSERT_TRUE(wait(clusters().save(rows_.cluster())));
  const auto unit = rows_.unit();
  const auto run = rows_.run(unit, 1);
  const auto whole = rows_.segment(run.id, 100, 100);
  ASSERT_TRUE(wait(runs().create(unit, run, {whole})));
  EXPECT_TRUE(wait(segments().split(
      only_segment(run), {rows_.segment(run.id, 500, -500), rows_.segment(run.id, -500, 200),
                          rows_.segment(run.id, 200, 500)})));
}

TEST_P(segment_store_contract, split_refuses_to_lose_or_repeat_tokens) {
  const auto run = stored_run(1);
  const auto segment = only_segment(run);
  const auto refused = [&](std::vector<model::repair_segment> parts) {
    return wait(segments().split(segment, std::move(parts))).error().code == errc::invalid_row;
  };
  auto parts = halves(segment);
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused({parts[0]}));
  parts[0].ranges[0].end = model::token(parts[0].ranges[0].end.value() + 1);
  EXPECT_TRUE(refused(parts));
  parts[0].ranges[0].end = model::token(parts[0].ranges[0].end.value() - 2);
  EXPECT_TRUE(refused(parts));
  parts = halves(segment);
  parts[1].ranges[0].end = model::token(parts[1].ranges[0].end.value() + 1);
  EXPECT_TRUE(refused(parts));
  parts = halves(segment);
  parts[1] = started(parts[1]);
  EXPECT_TRUE(refused(parts));
  parts = halves(segment);
  parts[1].run = model::run_id(rows_.id());
  EXPECT_TRUE(refused(parts));
  EXPECT_TRUE(same(only_segment(run), segment));
  EXPECT_EQ(wait(runs().counts(run.id))->total, 1);
}

TEST_P(segment_store_contract, split_only_writes_over_the_version_that_was_seen) {
  const auto run = stored_run(1);
  const auto segment = only_segment(run);
  ASSERT_TRUE(wait(segments().replace(started(segment))));
  EXPECT_EQ(wait(segments().split(segment, halves(segment))).error().code, errc::superseded);
  EXPECT_EQ(wait(segments().of_run(run.id))->size(), 1u);
}

TEST_P(segment_store_contract, split_conflicts_with_done_segments_and_taken_ids) {
  const auto run = stored_run(2);
  const auto all = *wait(segments().of_run(run.id));
  auto parts = halves(all[0]);
  parts[1].id = all[1].id;
  EXPECT_EQ(wait(segments().split(all[0], parts)).error().code, errc::conflict);
  parts[1].id = all[0].id;
  EXPECT_EQ(wait(segments().split(all[0], parts)).error().code, errc::conflict);
  parts[1].id = parts[0].id;
  EXPECT_EQ(wait(segments().split(all[0], parts)).error().code, errc::conflict);
  EXPECT_EQ(wait(segments().of_run(run.id))->size(), 2u);
  auto finished = done(all[0]);
  finished.stored = *wait(segments().replace(finished));
  EXPECT_EQ(wait(segments().split(finished, halves(finished))).error().code, errc::conflict);
  EXPECT_EQ(*wait(runs().counts(run.id)), (segment_counts{.total = 2, .done = 1}));
}

}  // namespace
}  // namespace helenus::storage::test
