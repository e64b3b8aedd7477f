#include "contract/storage/fixture.h"

namespace helenus::storage::test {
namespace {

class cluster_store_contract : public storage_contract {};
HELENUS_STORAGE_CONTRACT(cluster_store_contract);

TEST_P(cluster_store_contract, finds_what_was_saved) {
  const auto saved = rows_.cluster();
  ASSERT_TRUE(wait(clusters().save(saved)));
  EXPECT_TRUE(same(*wait(clusters().find("prod")), saved));
}

TEST_P(cluster_store_contract, keeps_what_is_not_set_unset) {
  auto saved = rows_.cluster();
  saved.kind.reset();
  saved.last_contact.reset();
  saved.jmx_username.clear();
  ASSERT_TRUE(wait(clusters().save(saved)));
  EXPECT_TRUE(same(*wait(clusters().find("prod")), saved));
}

TEST_P(cluster_store_contract, a_password_is_kept_with_its_cluster_and_goes_with_it) {
  auto saved = rows_.cluster();
  saved.jmx_password = base::secret("{cipher}00FF");
  ASSERT_TRUE(wait(clusters().save(saved)));
  ASSERT_TRUE(wait(clusters().save(rows_.cluster("other"))));
  EXPECT_TRUE(same(*wait(clusters().find("prod")), saved));
  const auto all = *wait(clusters().all());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(all[0].jmx_password.empty());
  EXPECT_TRUE(same(all[1], saved));
  saved.jmx_password = {};
  ASSERT_TRUE(wait(clusters().save(saved)));
  EXPECT_TRUE(same(*wait(clusters().find("prod")), saved));
}

TEST_P(cluster_store_contract, names_the_cluster_that_it_does_not_find) {
  const auto found = wait(clusters().find("absent"));
  EXPECT_EQ(found.error().code, errc::not_found);
  EXPECT_THAT(found.error().message(), ::testing::HasSubstr("absent"));
}

TEST_P(cluster_store_contract, lists_by_name) {
  for (const auto* name : {"b", "a", "c"}) {
    ASSERT_TRUE(wait(clusters().save(rows_.cluster(name))));
  }
  std::string names;
  for (const auto& row : *wait(clusters().all())) names += row.name;
  EXPECT_EQ(names, "abc");
}

TEST_P(cluster_store_contract, saving_again_replaces_the_whole_row) {
  ASSERT_TRUE(wait(clusters().save(rows_.cluster())));
  auto changed = rows_.cluster();
  changed.kind = model::partitioner::random;
  changed.seed_hosts = {"fd00::1"};
  changed.state = model::cluster_state::unreachable;
  changed.last_contact.reset();
  changed.jmx_port = 1;
  changed.jmx_username = "x";
  changed.jmx_password = base::secret("{cipher}11");
  ASSERT_TRUE(wait(clusters().save(changed)));
  EXPECT_TRUE(same(*wait(clusters().find("prod")), changed));
}

TEST_P(cluster_store_contract, saving_again_leaves_runs_alone) {
  const auto run = stored_run(2);
  ASSERT_TRUE(wait(clusters().save(rows_.cluster())));
  EXPECT_TRUE(wait(runs().find(run.id)));
}

TEST_P(cluster_store_contract, removing_one_that_is_not_there_is_not_found) {
  EXPECT_EQ(wait(clusters().remove("absent")).error().code, errc::not_found);
}

TEST_P(cluster_store_contract, a_cluster_with_runs_can_not_be_removed) {
  const auto run = stored_run(1);
  EXPECT_EQ(wait(clusters().remove("prod")).error().code, errc::conflict);
  EXPECT_TRUE(wait(clusters().find("prod")));
  EXPECT_TRUE(wait(runs().find_unit(run.unit)));
}

TEST_P(cluster_store_contract, a_cluster_with_schedules_can_not_be_removed) {
  const auto schedule = stored_schedule();
  ASSERT_TRUE(wait(clusters().save(rows_.cluster("other"))));
  const auto refused = wait(clusters().remove("prod"));
  EXPECT_EQ(refused.error().code, errc::conflict);
  EXPECT_THAT(refused.error().message(), ::testing::HasSubstr("has 1 schedules"));
  EXPECT_TRUE(wait(schedules().find(schedule.id)));
  EXPECT_TRUE(wait(runs().find_unit(schedule.unit)));
  EXPECT_TRUE(wait(clusters().remove("other")));
  ASSERT_TRUE(wait(schedules().remove(schedule.id, schedule.stored)));
  EXPECT_TRUE(wait(clusters().remove("prod")));
}

TEST_P(cluster_store_contract, removing_a_cluster_removes_its_units_only) {
  const auto run = stored_run(1);
  const auto other = stored_run_of(rows_.unit("other"), 1);
  ASSERT_TRUE(wait(runs().remove(run.id, run.stored)));
  ASSERT_TRUE(wait(clusters().remove("prod")));
  EXPECT_EQ(wait(clusters().find("prod")).error().code, errc::not_found);
  EXPECT_EQ(wait(runs().find_unit(run.unit)).error().code, errc::not_found);
  EXPECT_TRUE(wait(runs().find_unit(other.unit)));
}

TEST_P(cluster_store_contract, refuses_rows_that_break_a_rule_and_writes_nothing) {
  const auto refused = [this](auto change) {
    auto row = rows_.cluster();
    change(row);
    return wait(clusters().save(row)).error().code == errc::invalid_row;
  };
  EXPECT_TRUE(refused([](auto& row) { row.name.clear(); }));
  EXPECT_TRUE(refused([](auto& row) { row.seed_hosts.clear(); }));
  EXPECT_TRUE(refused([](auto& row) { row.seed_hosts = {"b", "a"}; }));
  EXPECT_TRUE(refused([](auto& row) { row.seed_hosts = {"a", "a"}; }));
  EXPECT_TRUE(refused([](auto& row) { row.seed_hosts = {""}; }));
  EXPECT_TRUE(refused([](auto& row) { row.jmx_port = 0; }));
  EXPECT_TRUE(wait(clusters().all())->empty());
}

}  // namespace
}  // namespace helenus::storage::test
