#include "deployment/shared.h"

#include "base/task_group.h"
#include "storage/errc.h"
#include "storage/memory/backend.h"
#include "support/captured_log.h"
#include "support/run.h"

#include <boost/asio/io_context.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>

namespace helenus::deployment {
namespace {

using namespace std::chrono_literals;
using ::testing::_;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

const model::run_id run{base::uuid({1})};
const model::segment_id first{base::uuid({10})};
const model::segment_id second{base::uuid({11})};

/// Two instances on one storage, in virtual time.
class shared_test : public ::testing::Test {
 protected:
  struct peer {
    peer(shared_test& world, std::uint8_t number)
        : self(world.clock_, world.storage_, {base::uuid({number}), "host"}),
          group(world.context_.get_executor()) {
      self.on_lost([this](model::segment_id segment, lease_loss how) {
        lost.push_back(segment);
        losses.push_back(how);
      });
      EXPECT_TRUE(world.wait(self.join()));
      group.spawn("peer", self.run());
    }
    shared self;
    base::task_group group;
    std::vector<model::segment_id> lost;
    std::vector<lease_loss> losses;
  };

  shared_test()
      : one_(std::in_place, *this, std::uint8_t{1}), two_(std::in_place, *this, std::uint8_t{2}) {}
  ~shared_test() override {
    kill(one_);
    kill(two_);
  }

  template <class Value>
  result<Value> wait(task<Value> work) {
    return helenus::test::run(context_, clock_, std::move(work));
  }
  void pass(base::clock::duration length) { clock_.run(context_, length); }
  void kill(std::optional<peer>& which) {
    if (!which) return;
    which->group.cancel();
    EXPECT_TRUE(wait(which->group.join()));
    which.reset();
  }
  bool takes(peer& who, model::segment_id segment, std::vector<model::node_address> nodes,
             rest_of_nodes rest = rest_of_nodes::kept) {
    const auto answer = wait(who.self.acquire({run, segment, std::move(nodes)}, rest));
    return answer && answer->taken;
  }
  void storage_is_away(bool away) {
    storage_.inject_faults([away](std::string_view) -> std::optional<error> {
      if (!away) return std::nullopt;
      return error{storage::errc::unavailable, "away"};
    });
  }

  boost::asio::io_context context_;
  base::virtual_clock clock_;
  storage::memory::backend storage_{clock_};
  std::optional<peer> one_;
  std::optional<peer> two_;
};

TEST_F(shared_test, a_node_is_let_to_one_instance_at_a_time) {
  EXPECT_TRUE(takes(*one_, first, {"a", "b"}));
  const auto refused = wait(two_->self.acquire({run, second, {"b", "c"}}, rest_of_nodes::kept));
  ASSERT_TRUE(refused);
  EXPECT_FALSE(refused->taken);
  ASSERT_THAT(refused->in_the_way, SizeIs(1));
  EXPECT_EQ(refused->in_the_way.front().node, "b");
  EXPECT_THAT(*wait(two_->self.worked_on_elsewhere(run)), ElementsAre(first));
  EXPECT_THAT(*wait(one_->self.worked_on_elsewhere(run)), IsEmpty());
  const auto elsewhere = *wait(two_->self.held_elsewhere(run));
  ASSERT_THAT(elsewhere, SizeIs(2));
  EXPECT_EQ(elsewhere[0].node, "a");
  EXPECT_EQ(elsewhere[1].node, "b");
  EXPECT_EQ(elsewhere[1].segment, first);
  EXPECT_THAT(*wait(one_->self.held_elsewhere(run)), IsEmpty());
  EXPECT_TRUE(wait(one_->self.release(first)));
  EXPECT_TRUE(takes(*two_, second, {"b", "c"}));
}

TEST_F(shared_test, a_node_goes_to_the_next_segment_without_being_free_in_between) {
  EXPECT_TRUE(takes(*one_, first, {"a", "b"}));
  EXPECT_FALSE(takes(*one_, second, {"b"}));  // its own first segment needs it
  one_->self.hand_over(first);
  EXPECT_TRUE(takes(*one_, second, {"b"}));
  EXPECT_TRUE(wait(one_->self.release(first)));
  EXPECT_FALSE(takes(*two_, first, {"b"}));
  EXPECT_TRUE(takes(*two_, first, {"a"}));
}

TEST_F(shared_test, what_the_next_segment_does_not_need_is_given_back_when_it_is_taken) {
  EXPECT_TRUE(takes(*one_, first, {"a", "b", "c"}));
  one_->self.hand_over(first);
  const auto before = storage_.counters().writes;
  EXPECT_TRUE(takes(*one_, second, {"a", "d"}, rest_of_nodes::freed));
  EXPECT_TRUE(takes(*two_, first, {"b", "c"}));
  EXPECT_TRUE(wait(one_->self.release(first)));
  EXPECT_EQ(storage_.counters().writes - before, 2U);  // two takings, nothing else
  EXPECT_FALSE(takes(*two_, first, {"a"}));
}

TEST_F(shared_test, a_refused_segment_gives_nothing_back_before_its_time) {
  EXPECT_TRUE(takes(*two_, second, {"d"}));
  EXPECT_TRUE(takes(*one_, first, {"a", "b"}));
  one_->self.hand_over(first);
  EXPECT_FALSE(takes(*one_, second, {"a", "d"}, rest_of_nodes::freed));
  EXPECT_FALSE(takes(*two_, first, {"b"}));
  EXPECT_TRUE(wait(one_->self.release(first)));
  EXPECT_TRUE(takes(*two_, first, {"a", "b"}));
}

TEST_F(shared_test, a_lease_lives_as_long_as_its_holder) {
  EXPECT_TRUE(takes(*one_, first, {"a"}));
  pass(10min);
  EXPECT_FALSE(takes(*two_, second, {"a"}));
  kill(one_);
  pass(storage::lease_store::lifetime + 1s);
  EXPECT_TRUE(takes(*two_, second, {"a"}));
}

TEST_F(shared_test, a_lease_that_ended_while_storage_was_away_is_taken_again) {
  EXPECT_TRUE(takes(*one_, first, {"a"}));
  storage_is_away(true);
  pass(5min);
  storage_is_away(false);
  pass(30s);
  EXPECT_THAT(one_->lost, IsEmpty());
  EXPECT_FALSE(takes(*two_, second, {"a"}));
}

TEST_F(shared_test, a_lease_that_another_instance_took_meanwhile_is_lost) {
  EXPECT_TRUE(takes(*one_, first, {"a"}));
  storage_is_away(true);
  pass(5min);
  storage_is_away(false);
  EXPECT_TRUE(takes(*two_, second, {"a"}));
  pass(30s);
  EXPECT_THAT(one_->lost, ElementsAre(first));
  EXPECT_THAT(one_->losses, ElementsAre(lease_loss::other_work));
  EXPECT_THAT(two_->lost, IsEmpty());
  EXPECT_TRUE(wait(one_->self.release(first)));  // frees nothing of the other's
  EXPECT_FALSE(takes(*one_, first, {"a"}));
}

TEST_F(shared_test, that_leases_are_not_given_back_is_told_when_it_begins_and_when_it_ends) {
  const model::segment_id third{base::uuid({12})};
  EXPECT_TRUE(takes(*one_, first, {"a"}));
  EXPECT_TRUE(takes(*one_, second, {"b"}));
  const test::captured_log log;
  storage_is_away(true);
  EXPECT_FALSE(wait(one_->self.release(first)));
  EXPECT_FALSE(wait(one_->self.release(second)));
  EXPECT_FALSE(takes(*one_, third, {"c"}));  // what may have been stored is given back, in vain
  EXPECT_THAT(log.lines(), ElementsAre(AllOf(StartsWith("warn deployment: leases can not be given"),
                                             HasSubstr("away"))));
  storage_is_away(false);
  pass(storage::lease_store::lifetime + 1s);
  EXPECT_TRUE(takes(*one_, first, {"a"}));
  EXPECT_TRUE(wait(one_->self.release(first)));
  EXPECT_THAT(log.lines(),
              ElementsAre(_, "info deployment: leases can be given back again kept=3"));
}

TEST_F(shared_test, a_lease_of_a_segment_that_another_instance_took_up_is_lost_to_its_successor) {
  EXPECT_TRUE(takes(*one_, first, {"a", "b"}));
  storage_is_away(true);
  pass(5min);
  storage_is_away(false);
  EXPECT_TRUE(takes(*two_, first, {"a", "b"}));
  pass(30s);
  EXPECT_THAT(one_->lost, ElementsAre(first));
  EXPECT_THAT(one_->losses, ElementsAre(lease_loss::same_work));
  EXPECT_THAT(two_->lost, IsEmpty());
}

TEST_F(shared_test, what_could_not_be_given_back_is_in_nobodys_way_when_storage_is_back) {
  EXPECT_TRUE(takes(*one_, first, {"a", "b"}));
  storage_is_away(true);
  EXPECT_FALSE(wait(one_->self.release(first)));
  storage_is_away(false);
  EXPECT_FALSE(takes(*two_, first, {"a", "b"}));
  EXPECT_TRUE(takes(*one_, second, {"a", "c"}));
  EXPECT_FALSE(takes(*one_, first, {"a"}));  // needed again
  EXPECT_TRUE(takes(*one_, first, {"b"}));
  EXPECT_THAT(*wait(two_->self.held_elsewhere(run)), SizeIs(3));
}

TEST_F(shared_test, a_run_that_could_not_be_given_back_is_taken_again) {
  EXPECT_TRUE(takes(*one_, first, {storage::whole_run}));
  storage_is_away(true);
  EXPECT_FALSE(wait(one_->self.release(first)));
  storage_is_away(false);
  EXPECT_TRUE(takes(*one_, second, {storage::whole_run}));
}

TEST_F(shared_test, what_a_former_process_held_is_taken_as_soon_as_its_lease_ends) {
  EXPECT_TRUE(takes(*two_, first, {"a"}));
  kill(two_);
  one_->self.inherit({run, first, {"a"}});
  pass(storage::lease_store::lifetime + 10s);
  EXPECT_THAT(one_->lost, IsEmpty());
  const auto held = wait(storage_.leases()->held(run));
  ASSERT_THAT(*held, SizeIs(1));
  EXPECT_EQ(held->front().holder, base::uuid({1}));
}

TEST_F(shared_test, the_first_leads_and_when_it_is_gone_the_next) {
  pass(2min);
  EXPECT_TRUE(one_->self.leads());
  EXPECT_FALSE(two_->self.leads());
  EXPECT_TRUE(wait(one_->self.leave()));
  kill(one_);
  pass(2min);
  EXPECT_TRUE(two_->self.leads());
}

TEST_F(shared_test, a_killed_leader_leads_until_its_sign_of_life_ends) {
  pass(2min);
  kill(one_);
  pass(storage::instance_store::lifetime + 5s);
  EXPECT_TRUE(two_->self.leads());
}

TEST_F(shared_test, who_does_not_lead_looks_at_the_leader_alone) {
  pass(2min);
  int all = 0;
  int one = 0;
  storage_.inject_faults([&](std::string_view call) -> std::optional<error> {
    all += call == "instances.alive" ? 1 : 0;
    one += call == "instances.life_left" ? 1 : 0;
    return std::nullopt;
  });
  pass(1h);
  storage_.inject_faults({});
  EXPECT_NEAR(all, 60, 5);  // the leader
  EXPECT_NEAR(one, 60, 5);  // the other one
}

TEST_F(shared_test, leaving_frees_all_but_what_a_command_may_still_need) {
  EXPECT_TRUE(takes(*one_, first, {"a"}));
  EXPECT_TRUE(takes(*one_, second, {"b"}));
  one_->self.hand_over(first);
  EXPECT_TRUE(wait(one_->self.leave()));
  const auto held = *wait(storage_.leases()->held(run));
  ASSERT_THAT(held, SizeIs(1));
  EXPECT_EQ(held.front().node, "b");
  EXPECT_THAT(*wait(storage_.instances()->alive()), SizeIs(1));
}

}  // namespace
}  // namespace helenus::deployment
