#include "contract/storage/fixture.h"

namespace helenus::storage::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class schedule_store_contract : public storage_contract {
 protected:
  std::vector<model::schedule_id> listed(schedule_filter filter = {}) {
    std::vector<model::schedule_id> ids;
    for (const auto& each : *wait(schedules().list(std::move(filter)))) {
      ids.push_back(each.schedule.id);
    }
    return ids;
  }
  errc code_of_creation(const model::repair_unit& unit, const model::repair_schedule& schedule) {
    const auto created = wait(schedules().create(unit, schedule));
    EXPECT_FALSE(created.has_value());
    return created ? errc{} : static_cast<errc>(created.error().code.value());
  }
  void reopen() {
    ASSERT_TRUE(wait(storage_->close()));
    storage_ = *wait(GetParam().open(folder_.path()));
  }
};
HELENUS_STORAGE_CONTRACT(schedule_store_contract);

TEST_P(schedule_store_contract, finds_what_was_created_with_its_unit) {
  ASSERT_TRUE(wait(clusters().save(rows_.cluster())));
  const auto unit = rows_.unit();
  auto schedule = rows_.schedule(unit);
  ASSERT_TRUE(wait(schedules().create(unit, schedule)));
  schedule.stored = 1;
  EXPECT_TRUE(same(*wait(schedules().find(schedule.id)), schedule));
  EXPECT_EQ(*wait(runs().find_unit(unit.id)), unit);
  const auto all = *wait(schedules().list({}));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(same(all[0].schedule, schedule));
  EXPECT_EQ(all[0].unit, unit);
}

TEST_P(schedule_store_contract, keeps_what_is_not_set_unset) {
  ASSERT_TRUE(wait(clusters().save(rows_.cluster())));
  const auto unit = rows_.unit();
  auto schedule = rows_.schedule(unit);
  schedule.state = model::schedule_state::active;
  schedule.pause_time.reset();
  schedule.percent_unrepaired_threshold.reset();
  schedule.last_run.reset();
  schedule.days_between = 0;
  schedule.segment_count_per_node = 0;
  ASSERT_TRUE(wait(schedules().create(unit, schedule)));
  schedule.stored = 1;
  EXPECT_TRUE(same(*wait(schedules().find(schedule.id)), schedule));
}

TEST_P(schedule_store_contract, a_unit_is_shared_by_schedules_and_runs) {
  const auto run = stored_run(1);
  const auto unit = *wait(runs().find_unit(run.unit));
  ASSERT_TRUE(wait(schedules().create(unit, rows_.schedule(unit))));
  ASSERT_TRUE(wait(schedules().create(unit, rows_.schedule(unit))));
  EXPECT_EQ(listed().size(), 2U);
  EXPECT_EQ(wait(runs().find_same_unit(unit))->value().id, unit.id);
}

TEST_P(schedule_store_contract, is_created_once_of_a_registered_cluster_and_one_unit) {
  const auto stored = stored_schedule();
  const auto unit = *wait(runs().find_unit(stored.unit));
  EXPECT_EQ(code_of_creation(unit, stored), errc::conflict);
  auto other = unit;
  other.keyspace = "other";
  EXPECT_EQ(code_of_creation(other, rows_.schedule(other)), errc::conflict);
  const auto unknown = rows_.unit("unknown");
  EXPECT_EQ(code_of_creation(unknown, rows_.schedule(unknown)), errc::not_found);
  EXPECT_EQ(code_of_creation(rows_.unit(), rows_.schedule(unit)), errc::invalid_row);
  EXPECT_THAT(listed(), ElementsAre(stored.id));
  EXPECT_TRUE(same(*wait(schedules().find(stored.id)), stored));
}

TEST_P(schedule_store_contract, names_the_schedule_that_it_does_not_find) {
  const model::schedule_id id(rows_.id());
  const auto found = wait(schedules().find(id));
  EXPECT_EQ(found.error().code, errc::not_found);
  EXPECT_THAT(found.error().message(), HasSubstr(id.value().to_string()));
}

TEST_P(schedule_store_contract, lists_the_oldest_first_by_cluster_and_keyspace) {
  const auto first = stored_schedule("prod", "shop").id;
  const auto second = stored_schedule("test", "shop").id;
  const auto third = stored_schedule("prod", "log").id;
  EXPECT_THAT(listed(), ElementsAre(first, second, third));
  EXPECT_THAT(listed({.cluster_name = "prod"}), ElementsAre(first, third));
  EXPECT_THAT(listed({.keyspace = "shop"}), ElementsAre(first, second));
  EXPECT_THAT(listed({.cluster_name = "prod", .keyspace = "log"}), ElementsAre(third));
  EXPECT_THAT(listed({.cluster_name = "prod", .keyspace = "absent"}), IsEmpty());
  EXPECT_THAT(listed({.cluster_name = "absent"}), IsEmpty());
}

TEST_P(schedule_store_contract, lists_more_than_are_read_at_the_same_time) {
  std::vector<model::schedule_id> all;
  ASSERT_TRUE(wait(clusters().save(rows_.cluster())));
  const auto unit = rows_.unit();
  for (int count = 0; count < 35; ++count) {
    const auto schedule = rows_.schedule(unit);
    ASSERT_TRUE(wait(schedules().create(unit, schedule)));
    all.push_back(schedule.id);
  }
  EXPECT_EQ(listed(), all);
}

TEST_P(schedule_store_contract, a_change_is_kept_and_gets_the_next_version) {
  auto next = stored_schedule();
  next.state = model::schedule_state::active;
  next.pause_time.reset();
  next.owner = "another";
  next.days_between = 30;
  next.next_activation = at(9'000'000);
  next.intensity = 0;
  next.parallelism = model::repair_parallelism::sequential;
  next.segment_count_per_node = 0;
  next.adaptive = false;
  next.percent_unrepaired_threshold.reset();
  next.last_run = model::run_id(rows_.id());
  const auto version = wait(schedules().replace(next));
  ASSERT_TRUE(version) << version.error().message();
  EXPECT_EQ(*version, next.stored + 1);
  next.stored = *version;
  EXPECT_TRUE(same(*wait(schedules().find(next.id)), next));
  EXPECT_TRUE(same(wait(schedules().list({}))->front().schedule, next));
}

TEST_P(schedule_store_contract, of_two_changes_of_the_same_version_the_second_is_superseded) {
  const auto seen = stored_schedule();
  auto first = seen;
  first.owner = "first";
  auto second = seen;
  second.owner = "second";
  ASSERT_TRUE(wait(schedules().replace(first)));
  EXPECT_EQ(wait(schedules().replace(second)).error().code, errc::superseded);
  EXPECT_EQ(wait(schedules().remove(seen.id, seen.stored)).error().code, errc::superseded);
  EXPECT_EQ(wait(schedules().find(seen.id))->owner, "first");
}

TEST_P(schedule_store_contract, unit_and_creation_time_can_not_change) {
  const auto stored = stored_schedule();
  auto next = stored;
  next.unit = model::unit_id(rows_.id());
  EXPECT_EQ(wait(schedules().replace(next)).error().code, errc::invalid_row);
  next = stored;
  next.creation_time = at(1'000'000);
  EXPECT_EQ(wait(schedules().replace(next)).error().code, errc::invalid_row);
  EXPECT_TRUE(same(*wait(schedules().find(stored.id)), stored));
}

TEST_P(schedule_store_contract, removing_one_leaves_its_unit_its_runs_and_the_others) {
  const auto removed = stored_schedule();
  const auto unit = *wait(runs().find_unit(removed.unit));
  const auto run = stored_run_of(unit, 1);
  const auto other = stored_schedule();
  ASSERT_TRUE(wait(schedules().remove(removed.id, removed.stored)));
  EXPECT_EQ(wait(schedules().find(removed.id)).error().code, errc::not_found);
  EXPECT_THAT(listed(), ElementsAre(other.id));
  EXPECT_TRUE(wait(runs().find_unit(removed.unit)));
  EXPECT_TRUE(wait(runs().find(run.id)));
  EXPECT_EQ(wait(schedules().remove(removed.id, removed.stored)).error().code, errc::not_found);
  EXPECT_EQ(wait(schedules().replace(removed)).error().code, errc::not_found);
}

TEST_P(schedule_store_contract, refuses_rows_that_break_a_rule_and_writes_nothing) {
  const auto stored = stored_schedule();
  const auto unit = *wait(runs().find_unit(stored.unit));
  const auto refused = [&](auto change) {
    auto next = stored;
    change(next);
    auto fresh = rows_.schedule(unit);
    change(fresh);
    return wait(schedules().replace(next)).error().code == errc::invalid_row &&
           code_of_creation(unit, fresh) == errc::invalid_row;
  };
  EXPECT_TRUE(refused([](auto& row) { row.id = {}; }));
  EXPECT_TRUE(refused([](auto& row) { row.unit = {}; }));
  EXPECT_TRUE(refused([](auto& row) { row.state = model::schedule_state::deleted; }));
  EXPECT_TRUE(refused([](auto& row) { row.state = model::schedule_state::active; }));
  EXPECT_TRUE(refused([](auto& row) { row.days_between = -1; }));
  EXPECT_TRUE(refused([](auto& row) { row.intensity = 1.1; }));
  EXPECT_TRUE(refused([](auto& row) { row.intensity = -0.1; }));
  EXPECT_TRUE(refused([](auto& row) { row.segment_count_per_node = -1; }));
  EXPECT_TRUE(refused([](auto& row) { row.percent_unrepaired_threshold = -1; }));
  EXPECT_THAT(listed(), ElementsAre(stored.id));
  EXPECT_TRUE(same(*wait(schedules().find(stored.id)), stored));
}

TEST_P(schedule_store_contract, a_durable_storage_still_has_it_after_it_was_closed) {
  if (!storage_->traits().durable) return;
  const auto stored = stored_schedule();
  reopen();
  auto found = *wait(schedules().find(stored.id));
  EXPECT_TRUE(same(found, stored));
  found.owner = "another";
  ASSERT_TRUE(wait(schedules().replace(found)));
  EXPECT_EQ(wait(schedules().list({}))->front().schedule.owner, "another");
}

}  // namespace
}  // namespace helenus::storage::test
