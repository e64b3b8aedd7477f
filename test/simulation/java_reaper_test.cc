// Helenus and Cassandra Reaper with one storage, at work on the same run at the same time or one
// after the other.
#include "java_reaper.h"

#include "fleet.h"

#include <algorithm>
#include <deque>

namespace helenus::test {
namespace {

using model::run_state;
using model::segment_state;

/// Three segments may be repaired side by side.
fake_cluster_options nine_nodes(duration least, duration most) {
  fake_cluster_options options;
  options.layout.datacenters.front().nodes = 9;
  options.layout.tokens_per_node = 2;
  options.repair_time = takes_between(least, most);
  return options;
}

/// Instances of both on one storage, and a run on which nobody works yet.
class beside_reaper : public ::testing::Test {
 protected:
  void plan(fleet_kind kind, duration least = 7s, duration most = 50s, int segments_per_node = 4) {
    helenus_ = std::make_unique<fleet>(kind, nine_nodes(least, most));
    helenus_->boot(0);
    run_ = helenus_->start(segments_per_node);
    helenus_->crash(0);
    helenus_->pass(5min);
  }
  java_reaper& add_reaper(std::optional<model::host_id> beside = {}) {
    const auto id = "10000000-0000-11f0-8000-00000000000" + std::to_string(reapers_.size());
    return reapers_.emplace_back(
        java_reaper::surroundings{helenus_->context(), helenus_->clock(), helenus_->storage(),
                                  helenus_->cassandra()},
        *base::uuid::parse(id), std::move(beside));
  }
  void expect_run_ends_well() {
    EXPECT_EQ(helenus_->run_to_end(run_, 24h), run_state::done);
    EXPECT_EQ(helenus_->wrong(false), "");
  }
  int commands() {
    int sum = 0;
    for (const auto& [how, count] : helenus_->cassandra().command_counts()) sum += count;
    return sum;
  }
  int segments() { return static_cast<int>(helenus_->segments(run_).size()); }
  int repaired_by_reapers() const {
    int sum = 0;
    for (const auto& each : reapers_) sum += each.repaired();
    return sum;
  }
  std::vector<model::repair_segment> in_flight() {
    auto found = helenus_->segments(run_);
    std::erase_if(found, [](const auto& each) {
      return each.state == segment_state::not_started || each.state == segment_state::done;
    });
    return found;
  }

  std::unique_ptr<fleet> helenus_;
  std::deque<java_reaper> reapers_;
  model::run_id run_;
};

TEST_F(beside_reaper, equals_share_a_run_with_it) {
  plan(fleet_kind::equals);
  add_reaper().start();
  helenus_->pass(1min);
  helenus_->boot_all();
  expect_run_ends_well();
  EXPECT_GT(repaired_by_reapers(), 0);
  EXPECT_LT(repaired_by_reapers(), segments());
}

TEST_F(beside_reaper, sidecars_share_a_run_with_it) {
  plan(fleet_kind::sidecars);
  add_reaper().start();
  helenus_->pass(1min);
  helenus_->boot_all();
  expect_run_ends_well();
  EXPECT_GT(repaired_by_reapers(), 0);
  EXPECT_LT(repaired_by_reapers(), segments());
}

TEST_F(beside_reaper, its_sidecars_are_replaced_one_after_the_other) {
  plan(fleet_kind::sidecars);
  for (std::size_t index = 0; index < helenus_->size(); ++index) {
    add_reaper(helenus_->cassandra().node(index).id()).start();
  }
  helenus_->pass(1min);
  for (std::size_t index = 0; index < helenus_->size(); ++index) {
    reapers_[index].stop();
    helenus_->pass(5s);
    helenus_->boot(index);
    helenus_->pass(15s);
  }
  expect_run_ends_well();
  EXPECT_GT(repaired_by_reapers(), 0);
}

/// Neither a stop nor the end of its leases stops what it has told nodes to do.
TEST_F(beside_reaper, nothing_else_starts_where_commands_of_a_stopped_one_still_run) {
  plan(fleet_kind::equals, 150s, 300s, 1);
  auto& reaper = add_reaper();
  reaper.start();
  helenus_->pass(35s);
  helenus_->boot_all();
  helenus_->pass(10s);
  const auto left = in_flight();
  ASSERT_FALSE(left.empty());
  reaper.stop();
  expect_run_ends_well();
  EXPECT_EQ(reaper.repaired(), 0);
  // Whether they succeeded nobody has heard.
  EXPECT_EQ(commands(), segments() + static_cast<int>(left.size()));
}

TEST_F(beside_reaper, it_goes_on_where_helenus_was_stopped) {
  plan(fleet_kind::equals);
  helenus_->boot_all();
  helenus_->pass(1min);
  for (std::size_t index = 0; index < helenus_->size(); ++index) helenus_->stop(index, 0s);
  const auto held = helenus_->run(helenus_->storage().leases()->held(run_));
  ASSERT_TRUE(held);
  EXPECT_TRUE(held->empty());
  EXPECT_TRUE(in_flight().empty());
  add_reaper().start();
  expect_run_ends_well();
  EXPECT_GT(repaired_by_reapers(), 0);
}

/// It takes leases on the addresses of the plan.
TEST_F(beside_reaper, nodes_that_have_moved_take_part_in_one_command_at_a_time) {
  plan(fleet_kind::equals);
  for (std::size_t index = 1; index < helenus_->cassandra().size(); ++index) {
    helenus_->cassandra().change_address(helenus_->cassandra().node(index).address());
  }
  add_reaper().start();
  helenus_->pass(1min);
  helenus_->boot_all();
  expect_run_ends_well();
  EXPECT_GT(repaired_by_reapers(), 0);
}

/// It has taken its lease and stored that it begins, and has not told the node yet.
TEST_F(beside_reaper, a_sidecar_leaves_alone_what_it_is_about_to_tell_the_node) {
  plan(fleet_kind::sidecars);
  const storage::instance reaper{*base::uuid::parse("10000000-0000-11f0-8000-00000000000a"), "r"};
  auto row = helenus_->segments(run_).front();
  storage::node_lease lease{run_, row.id, {}};
  for (const auto& each : *row.replicas) lease.nodes.push_back(each.address);
  ASSERT_TRUE(helenus_->run(helenus_->storage().leases()->take(reaper, lease, {}, {}))->taken);
  row.state = segment_state::started;
  row.coordinator = row.replicas->front().address;
  row.start_time = helenus_->clock().wall_now();
  const auto version = helenus_->run(helenus_->storage().segments().replace(row));
  ASSERT_TRUE(version);
  helenus_->boot_all();
  helenus_->pass(80s);
  EXPECT_EQ(helenus_->run(helenus_->storage().segments().find(run_, row.id))->stored, *version);
  expect_run_ends_well();
}

}  // namespace
}  // namespace helenus::test
