#include "contract/storage/fixture.h"

#include <algorithm>

namespace helenus::storage::test {
namespace {

class run_store_contract : public storage_contract {
 protected:
  /// What create() answers for a unit, run and two segments that `change` has changed.
  template <class Change>
  boost::system::error_code outcome_of_creating(Change change) {
    EXPECT_TRUE(wait(clusters().save(rows_.cluster())));
    auto unit = rows_.unit();
    auto run = rows_.run(unit, 2);
    auto segments = rows_.segments(run.id, 2);
    change(unit, run, segments);
    const auto created = wait(runs().create(unit, run, segments));
    if (created) return {};
    EXPECT_EQ(wait(runs().find_unit(unit.id)).error().code, errc::not_found);
    EXPECT_EQ(wait(runs().find(run.id)).error().code, errc::not_found);
    EXPECT_EQ(wait(segments_of(run.id)).error().code, errc::not_found);
    return created.error().code;
  }
  task<std::vector<model::repair_segment>> segments_of(model::run_id run) {
    return segments().of_run(run);
  }
  std::vector<model::run_id> listed(run_filter filter) {
    std::vector<model::run_id> ids;
    for (const auto& run : *wait(runs().list(filter))) ids.push_back(run.id);
    std::vector<model::run_id> summarised;
    for (const auto& summary : *wait(runs().summaries(filter))) {
      summarised.push_back(summary.run.id);
    }
    EXPECT_EQ(ids, summarised);
    return ids;
  }
};
HELENUS_STORAGE_CONTRACT(run_store_contract);

TEST_P(run_store_contract, finds_the_unit_the_run_and_the_segments_that_were_created) {
  ASSERT_TRUE(wait(clusters().save(rows_.cluster())));
  const auto unit = rows_.unit();
  auto run = rows_.run(unit, 3);
  auto planned = rows_.segments(run.id, 3);
  planned[1].ranges = {range(5, 9), model::token_range{model::token(100), model::token(-100)}};
  run.stored = 17;
  planned[0].stored = 23;
  ASSERT_TRUE(wait(runs().create(unit, run, planned)));

  EXPECT_EQ(*wait(runs().find_unit(unit.id)), unit);
  run.stored = 1;
  EXPECT_TRUE(same(*wait(runs().find(run.id)), run));
  const auto found = *wait(segments().of_run(run.id));
  ASSERT_EQ(found.size(), planned.size());
  for (std::size_t index = 0; index < planned.size(); ++index) {
    planned[index].stored = 1;
    EXPECT_TRUE(same(found[index], planned[index])) << index;
  }
}

TEST_P(run_store_contract, a_run_may_have_no_segment) {
  const auto run = stored_run(0);
  EXPECT_TRUE(wait(segments().of_run(run.id))->empty());
  EXPECT_EQ(*wait(runs().counts(run.id)), segment_counts{});
}

TEST_P(run_store_contract, a_run_needs_a_registered_cluster) {
  EXPECT_EQ(outcome_of_creating([](auto& unit, auto& run, auto&) {
              unit.cluster_name = run.cluster_name = "unknown";
            }),
            errc::not_found);
}

TEST_P(run_store_contract, refuses_what_does_not_belong_together) {
  const auto refused = [this](auto change) {
    return outcome_of_creating(change) == errc::invalid_row;
  };
  EXPECT_TRUE(refused([this](auto&, auto& run, auto&) { run.unit = model::unit_id(rows_.id()); }));
  EXPECT_TRUE(refused([](auto&, auto& run, auto&) { run.cluster_name = "other"; }));
  EXPECT_TRUE(refused([](auto&, auto& run, auto&) { run.segment_count = 3; }));
  EXPECT_TRUE(refused(
      [this](auto&, auto&, auto& segments) { segments[1].run = model::run_id(rows_.id()); }));
}

TEST_P(run_store_contract, refuses_units_that_break_a_rule) {
  const auto refused = [this](auto change) {
    return outcome_of_creating([&](auto& unit, auto&, auto&) { change(unit); }) ==
           errc::invalid_row;
  };
  EXPECT_TRUE(refused([](auto& unit) { unit.keyspace.clear(); }));
  EXPECT_TRUE(refused([](auto& unit) { unit.repair_thread_count = 0; }));
  EXPECT_TRUE(refused([](auto& unit) { unit.repair_thread_count = 5; }));
  EXPECT_TRUE(refused([](auto& unit) { unit.timeout = std::chrono::minutes(0); }));
}

TEST_P(run_store_contract, refuses_runs_that_break_a_rule) {
  const auto refused = [this](auto change) {
    return outcome_of_creating([&](auto&, auto& run, auto&) { change(run); }) == errc::invalid_row;
  };
  EXPECT_TRUE(refused([](auto& run) { run.intensity = 0; }));
  EXPECT_TRUE(refused([](auto& run) { run.intensity = 1.01; }));
  EXPECT_TRUE(refused([](auto& run) { run.intensity = std::nan(""); }));
  EXPECT_TRUE(refused([](auto& run) { run.tables.clear(); }));
  EXPECT_TRUE(refused([](auto& run) { run.start_time = at(1); }));
  EXPECT_TRUE(refused([](auto& run) { run.state = model::run_state::running; }));
  EXPECT_TRUE(refused([](auto& run) { run.end_time = at(1); }));
  EXPECT_TRUE(refused([](auto& run) {
    run.state = model::run_state::done;
    run.start_time = at(1);
  }));
  EXPECT_TRUE(refused([](auto& run) { run.pause_time = at(1); }));
  EXPECT_TRUE(refused([](auto& run) {
    run.state = model::run_state::paused;
    run.start_time = at(1);
  }));
}

TEST_P(run_store_contract, refuses_segments_that_break_a_rule) {
  const auto refused = [this](auto change) {
    return outcome_of_creating([&](auto&, auto&, auto& segments) { change(segments[1]); }) ==
           errc::invalid_row;
  };
  EXPECT_TRUE(refused([](auto& segment) { segment.ranges.clear(); }));
  EXPECT_TRUE(refused([](auto& segment) {
    segment.ranges[0].start =
        model::token(model::minimum_token(model::partitioner::murmur3).value() - 1);
  }));
  EXPECT_TRUE(refused([](auto& segment) { segment.replicas = nullptr; }));
  EXPECT_TRUE(refused([](auto& segment) { segment.replicas = replicas({}); }));
  EXPECT_TRUE(refused([](auto& segment) { segment.replicas = replicas({"b", "a"}); }));
  EXPECT_TRUE(refused([](auto& segment) { segment.fail_count = -1; }));
  EXPECT_TRUE(refused([](auto& segment) { segment.start_time = at(1); }));
  EXPECT_TRUE(refused([](auto& segment) { segment.end_time = at(1); }));
  EXPECT_TRUE(refused([](auto& segment) { segment.coordinator = "a"; }));
  EXPECT_TRUE(refused([](auto& segment) { segment.state = model::segment_state::started; }));
  EXPECT_TRUE(refused([](auto& segment) { segment.command = running(segment).command; }));
  EXPECT_TRUE(refused([](auto& segment) {
    segment = running(segment);
    segment.command.reset();
  }));
  EXPECT_TRUE(refused([](auto& segment) {
    segment = done(segment);
    segment.end_time.reset();
  }));
}

TEST_P(run_store_contract, takes_the_largest_rings) {
  EXPECT_FALSE(outcome_of_creating([](auto&, auto&, auto& segments) {
    using model::partitioner;
    segments[0].ranges = {
        {model::minimum_token(partitioner::murmur3), model::maximum_token(partitioner::murmur3)}};
    segments[1].ranges = {
        {model::minimum_token(partitioner::random), model::maximum_token(partitioner::random)}};
  }));
}

TEST_P(run_store_contract, a_run_or_segment_that_exists_is_a_conflict_and_nothing_is_written) {
  const auto run = stored_run(2);
  const auto unit = *wait(runs().find_unit(run.unit));
  EXPECT_EQ(wait(runs().create(unit, rows_.run(unit, 0), {})).has_value(), true);

  auto again = rows_.run(unit, 1);
  again.id = run.id;
  EXPECT_EQ(wait(runs().create(unit, again, rows_.segments(run.id, 1))).error().code,
            errc::conflict);

  auto other = rows_.run(rows_.unit(), 2);
  auto new_unit = rows_.unit();
  new_unit.id = other.unit;
  auto taken = rows_.segments(other.id, 2);
  if (!storage_->traits().shared) {  // there the ids of other runs are not looked at
    taken[1].id = wait(segments().of_run(run.id))->front().id;
    EXPECT_EQ(wait(runs().create(new_unit, other, taken)).error().code, errc::conflict);
  }
  taken[1].id = taken[0].id;
  EXPECT_EQ(wait(runs().create(new_unit, other, taken)).error().code, errc::conflict);
  EXPECT_EQ(wait(runs().find(other.id)).error().code, errc::not_found);
  EXPECT_EQ(wait(runs().find_unit(new_unit.id)).error().code, errc::not_found);
  EXPECT_EQ(wait(segments().of_run(run.id))->size(), 2u);
}

TEST_P(run_store_contract, a_unit_can_be_used_again_but_not_changed) {
  const auto run = stored_run(1);
  auto unit = *wait(runs().find_unit(run.unit));
  EXPECT_TRUE(wait(runs().create(unit, rows_.run(unit), {})));
  unit.tables = {"other"};
  EXPECT_EQ(wait(runs().create(unit, rows_.run(unit), {})).error().code, errc::conflict);
}

TEST_P(run_store_contract, lists_the_newest_first_up_to_the_limit) {
  std::vector<model::run_id> ids;
  for (int index = 0; index < 5; ++index) ids.push_back(stored_run(0).id);
  std::reverse(ids.begin(), ids.end());
  EXPECT_EQ(listed({}), ids);
  EXPECT_EQ(listed({.limit = 2}), std::vector(ids.begin(), ids.begin() + 2));
  EXPECT_TRUE(listed({.limit = 0}).empty());
}

TEST_P(run_store_contract, lists_what_the_filter_lets_pass) {
  const auto shop = rows_.unit("prod", "shop");
  const auto first = stored_run_of(shop, 0);
  auto second = stored_run_of(shop, 0);
  const auto stock = stored_run_of(rows_.unit("prod", "stock"), 0);
  const auto other = stored_run_of(rows_.unit("other", "shop"), 0);
  second.state = model::run_state::running;
  second.start_time = at(1);
  ASSERT_TRUE(wait(runs().replace(second)));

  using ids = std::vector<model::run_id>;
  EXPECT_EQ(listed({.cluster_name = "other"}), ids{other.id});
  EXPECT_EQ(listed({.keyspace = "shop"}), (ids{other.id, second.id, first.id}));
  EXPECT_EQ(listed({.cluster_name = "prod", .keyspace = "shop"}), (ids{second.id, first.id}));
  EXPECT_EQ(listed({.unit = stock.unit}), ids{stock.id});
  EXPECT_EQ(listed({.states = {model::run_state::running}}), ids{second.id});
  EXPECT_EQ(listed({.cluster_name = "prod",
                    .states = {model::run_state::not_started, model::run_state::done}}),
            (ids{stock.id, first.id}));
  EXPECT_TRUE(listed({.cluster_name = "absent"}).empty());
}

TEST_P(run_store_contract, summaries_have_the_unit_and_the_counts) {
  const auto run = stored_run(4);
  auto planned = *wait(segments().of_run(run.id));
  planned[0].fail_count = 1;
  ASSERT_TRUE(wait(segments().replace(planned[0])));
  ASSERT_TRUE(wait(segments().replace(done(planned[1]))));
  ASSERT_TRUE(wait(segments().replace(running(planned[2]))));
  const auto summary = wait(runs().summaries({}))->front();
  EXPECT_TRUE(same(summary.run, run));
  EXPECT_EQ(summary.unit, *wait(runs().find_unit(run.unit)));
  EXPECT_EQ(summary.segments,
            (segment_counts{.total = 4, .done = 1, .running = 1, .failed_before = 1}));
}

TEST_P(run_store_contract, replace_writes_every_field_and_counts_versions) {
  const auto run = stored_run(1);
  auto next = run;
  next.cause = "other cause";
  next.owner = "other owner";
  next.state = model::run_state::paused;
  next.start_time = at(10);
  next.pause_time = at(20);
  next.intensity = 0.5;
  next.parallelism = model::repair_parallelism::sequential;
  next.last_event = std::string("with a \0 inside", 15);
  next.tables = {"a", "b", "c"};
  next.adaptive_schedule = false;
  EXPECT_EQ(*wait(runs().replace(next)), 2);
  next.stored = 2;
  EXPECT_TRUE(same(*wait(runs().find(run.id)), next));
  next.state = model::run_state::error;
  next.pause_time.reset();
  next.end_time = at(30);
  EXPECT_EQ(*wait(runs().replace(next)), 3);
}

TEST_P(run_store_contract, replace_only_writes_over_the_version_that_was_seen) {
  const auto run = stored_run(1);
  auto mine = run;
  mine.last_event = "mine";
  auto theirs = run;
  theirs.last_event = "theirs";
  ASSERT_TRUE(wait(runs().replace(mine)));
  EXPECT_EQ(wait(runs().replace(theirs)).error().code, errc::superseded);
  EXPECT_EQ(wait(runs().find(run.id))->last_event, "mine");
}

TEST_P(run_store_contract, replacing_what_does_not_exist_is_not_found) {
  EXPECT_EQ(wait(runs().replace(rows_.run(rows_.unit()))).error().code, errc::not_found);
}

TEST_P(run_store_contract, replace_refuses_what_never_changes) {
  const auto run = stored_run(1);
  auto next = run;
  next.unit = model::unit_id(rows_.id());
  EXPECT_EQ(wait(runs().replace(next)).error().code, errc::invalid_row);
  next = run;
  next.cluster_name = "other";
  EXPECT_EQ(wait(runs().replace(next)).error().code, errc::invalid_row);
  next = run;
  next.creation_time = at(77);
  EXPECT_EQ(wait(runs().replace(next)).error().code, errc::invalid_row);
  EXPECT_TRUE(same(*wait(runs().find(run.id)), run));
}

TEST_P(run_store_contract, replace_leaves_the_segment_count_to_the_storage) {
  auto run = stored_run(2);
  run.segment_count = 99;
  ASSERT_TRUE(wait(runs().replace(run)));
  EXPECT_EQ(wait(runs().find(run.id))->segment_count, 2);
}

TEST_P(run_store_contract, removing_a_run_removes_its_segments_and_keeps_its_unit) {
  const auto run = stored_run(3);
  const auto other = stored_run(2);
  const auto removed = wait(segments().of_run(run.id))->front();
  ASSERT_TRUE(wait(runs().remove(run.id, run.stored)));
  EXPECT_EQ(wait(runs().find(run.id)).error().code, errc::not_found);
  EXPECT_EQ(wait(runs().counts(run.id)).error().code, errc::not_found);
  EXPECT_EQ(wait(segments().of_run(run.id)).error().code, errc::not_found);
  EXPECT_EQ(wait(segments().find(run.id, removed.id)).error().code, errc::not_found);
  EXPECT_TRUE(wait(runs().find_unit(run.unit)));
  EXPECT_EQ(wait(segments().of_run(other.id))->size(), 2u);
}

TEST_P(run_store_contract, remove_needs_the_version_that_is_stored) {
  const auto run = stored_run(1);
  EXPECT_EQ(wait(runs().remove(run.id, 2)).error().code, errc::superseded);
  EXPECT_TRUE(wait(runs().find(run.id)));
  EXPECT_EQ(wait(runs().remove(model::run_id(rows_.id()), 1)).error().code, errc::not_found);
}

TEST_P(run_store_contract, finds_the_unit_with_the_same_content) {
  const auto run = stored_run(0);
  const auto stored = *wait(runs().find_unit(run.unit));
  auto asked = stored;
  asked.id = model::unit_id(rows_.id());
  EXPECT_EQ(*wait(runs().find_same_unit(asked)), stored);
  const auto unlike = [&](auto change) {
    auto other = asked;
    change(other);
    return !wait(runs().find_same_unit(other))->has_value();
  };
  EXPECT_TRUE(unlike([](auto& unit) { unit.cluster_name = "other"; }));
  EXPECT_TRUE(unlike([](auto& unit) { unit.keyspace = "other"; }));
  EXPECT_TRUE(unlike([](auto& unit) { unit.tables.clear(); }));
  EXPECT_TRUE(unlike([](auto& unit) { unit.excluded_tables.clear(); }));
  EXPECT_TRUE(unlike([](auto& unit) { unit.nodes.clear(); }));
  EXPECT_TRUE(unlike([](auto& unit) { unit.datacenters.clear(); }));
  EXPECT_TRUE(unlike([](auto& unit) { unit.incremental = !unit.incremental; }));
  EXPECT_TRUE(unlike([](auto& unit) { unit.subrange_incremental = !unit.subrange_incremental; }));
  EXPECT_TRUE(unlike([](auto& unit) { unit.repair_thread_count = 3; }));
  EXPECT_TRUE(unlike([](auto& unit) { unit.timeout += std::chrono::minutes(1); }));
}

TEST_P(run_store_contract, what_is_not_there_is_not_found) {
  EXPECT_EQ(wait(runs().find(model::run_id(rows_.id()))).error().code, errc::not_found);
  EXPECT_EQ(wait(runs().find_unit(model::unit_id(rows_.id()))).error().code, errc::not_found);
  EXPECT_EQ(wait(runs().counts(model::run_id(rows_.id()))).error().code, errc::not_found);
  EXPECT_TRUE(listed({}).empty());
}

}  // namespace
}  // namespace helenus::storage::test
