// Storage hangs or is cut off for some, and clocks are wrong, in the middle of a run.
#include "fleet.h"

namespace helenus::test {
namespace {

using model::run_state;
using model::waiting_for;
using enum storage_link::state;

fake_cluster_options six_nodes() {
  fake_cluster_options options;
  options.layout.datacenters = {{"dc1", 6, 1}};
  options.layout.tokens_per_node = 4;
  return options;
}

/// Sidecars 0 to 2 stand in dc1, 3 to 5 in dc2.
fake_cluster_options two_datacenters() {
  fake_cluster_options options;
  options.layout.datacenters = {{"dc1", 3, 1}, {"dc2", 3, 1}};
  options.layout.tokens_per_node = 4;
  options.keyspaces.front().copies = {{"dc1", 2}, {"dc2", 2}};
  return options;
}

std::vector<model::version> versions(const std::vector<model::repair_segment>& rows) {
  std::vector<model::version> found;
  for (const auto& row : rows) found.push_back(row.stored);
  return found;
}

int done(fleet& all, model::run_id id) { return all.run(all.storage().runs().counts(id))->done; }

int commands(fleet& all) { return all.cassandra().calls().at("start_repair"); }

void expect_waits_for_storage(fleet& all, std::size_t index) {
  const auto trouble = all.engine(index).storage_trouble();
  ASSERT_TRUE(trouble) << index;
  EXPECT_EQ(trouble->what, waiting_for::storage);
  EXPECT_NE(trouble->detail, "");
  EXPECT_TRUE(trouble->next_check);
}

class storage_hangs : public ::testing::TestWithParam<fleet_kind> {};

TEST_P(storage_hangs, for_five_minutes_nothing_starts_and_nothing_is_lost_or_repeated) {
  fleet all(GetParam(), six_nodes(), 3);
  all.boot_all();
  const auto id = all.start(2);
  all.pass(100s);
  for (std::size_t index = 0; index < all.size(); ++index) all.link(index).become(hangs);
  all.pass(1min);
  const auto before = commands(all);
  all.pass(4min);
  EXPECT_EQ(commands(all), before);
  for (std::size_t index = 0; index < all.size(); ++index) expect_waits_for_storage(all, index);
  for (std::size_t index = 0; index < all.size(); ++index) all.link(index).become(open);
  const auto done_before = done(all, id);
  all.pass(2min);
  EXPECT_GT(done(all, id), done_before);
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(all.wrong(), "");
}

INSTANTIATE_TEST_SUITE_P(fleets, storage_hangs,
                         ::testing::Values(fleet_kind::sidecars, fleet_kind::equals));

class cut_datacenter : public ::testing::TestWithParam<fleet_kind> {
 protected:
  void change(fleet& all, storage_link::state now) {
    for (std::size_t index = all.size() / 2; index < all.size(); ++index) {
      all.link(index).become(now);
    }
  }
};

TEST_P(cut_datacenter, for_minutes_is_waited_for_by_name_and_nothing_is_repaired_twice) {
  fleet all(GetParam(), two_datacenters());
  all.boot_all();
  const auto id = all.start(2);
  all.pass(100s);
  change(all, cut);
  all.pass(30s);
  const auto before = done(all, id);
  all.pass(4min);
  EXPECT_GT(done(all, id), before);
  for (auto index = all.size() / 2; index < all.size(); ++index) {
    expect_waits_for_storage(all, index);
  }
  change(all, open);
  EXPECT_EQ(all.run_to_end(id, 24h), run_state::done);
  EXPECT_EQ(all.wrong(), "");
}

TEST_P(cut_datacenter, for_hours_is_done_without) {
  fleet all(GetParam(), two_datacenters());
  all.boot_all();
  const auto id = all.start(2);
  all.pass(100s);
  change(all, cut);
  EXPECT_EQ(all.run_to_end(id, 3h), run_state::done);
  EXPECT_EQ(all.wrong(false), "");
  const auto before = versions(all.segments(id));
  const auto told = commands(all);
  change(all, open);  // what is known there comes too late
  all.pass(10min);
  EXPECT_EQ(versions(all.segments(id)), before);
  EXPECT_EQ(commands(all), told);
}

INSTANTIATE_TEST_SUITE_P(fleets, cut_datacenter,
                         ::testing::Values(fleet_kind::sidecars, fleet_kind::regional));

TEST(clock_jumps, steal_no_lease_and_hold_nothing_up) {
  fleet all(fleet_kind::sidecars, six_nodes());
  all.boot_all();
  const auto id = all.start(2);
  for (const auto hours : {7, -7, 0}) {
    all.pass(45s);
    all.clock_of(1).be_wrong_by(std::chrono::hours(hours));
    all.clock_of(4).be_wrong_by(std::chrono::hours(-hours));
  }
  EXPECT_EQ(all.run_to_end(id, 2h), run_state::done);
  EXPECT_EQ(all.wrong(), "");
}

/// Stored with one calendar, read with another.
class clock_between_lives : public ::testing::TestWithParam<int> {};

TEST_P(clock_between_lives, delays_no_retry_and_makes_no_time_negative) {
  fleet all(fleet_kind::equals, six_nodes(), 1);
  for (std::size_t index = 0; index < 6; ++index) all.cassandra().node(index).inject(fault::fail);
  all.clock_of(0).be_wrong_by(std::chrono::hours(GetParam()));
  all.boot(0);
  const auto id = all.start(1);
  all.pass(35s);
  all.crash(0);
  all.clock_of(0).be_wrong_by(0s);
  all.boot(0);
  EXPECT_EQ(all.run_to_end(id, 1h), run_state::done);
  all.crash(0);
  all.clock_of(0).be_wrong_by(std::chrono::hours(-GetParam()));
  all.boot(0);
  all.pass(1s);
  all.engine(0).update_metrics();
  EXPECT_EQ(all.metrics().text().find(" -"), std::string::npos) << all.metrics().text();
  const auto shown = all.run(all.engine(0).find(id));
  EXPECT_EQ(shown->counts.done, shown->counts.total);
}

INSTANTIATE_TEST_SUITE_P(ahead_and_behind, clock_between_lives, ::testing::Values(7, -7));

}  // namespace
}  // namespace helenus::test
