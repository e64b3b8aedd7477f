#include "cluster/ring_view.h"

#include "cluster/errc.h"
#include "support/fake_cluster.h"
#include "support/run.h"

#include <boost/asio/co_spawn.hpp>

#include <gtest/gtest.h>

#include <optional>

namespace helenus::cluster {
namespace {

using namespace std::chrono_literals;

class ring_view_test : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  base::virtual_clock clock;
  test::fake_cluster world{context.get_executor(), clock, {}};
  ring_view view{clock, world, world.registration(), {}};

  int asked(const std::string& call) {
    const auto found = world.calls().find(call);
    return found == world.calls().end() ? 0 : found->second;
  }
};

TEST_F(ring_view_test, a_ring_is_read_once_while_it_is_young_enough) {
  ASSERT_TRUE(test::run(context, clock, view.ring(60s)).has_value());
  ASSERT_TRUE(test::run(context, clock, view.ring(60s)).has_value());
  EXPECT_EQ(asked("ring"), 1);
  clock.advance(61s);
  ASSERT_TRUE(test::run(context, clock, view.ring(60s)).has_value());
  EXPECT_EQ(asked("ring"), 2);
}

TEST_F(ring_view_test, a_node_that_does_not_answer_is_passed_over) {
  ASSERT_TRUE(test::run(context, clock, view.ring(60s)).has_value());
  world.node(0).cut_connection();
  EXPECT_TRUE(test::run(context, clock, view.ring(0s)).has_value());
}

TEST_F(ring_view_test, when_nobody_answers_the_cluster_is_unreachable) {
  for (std::size_t index = 0; index < world.size(); ++index) world.node(index).cut_connection();
  const auto ring = test::run(context, clock, view.ring(0s));
  ASSERT_FALSE(ring.has_value());
  EXPECT_EQ(ring.error().code, errc::unreachable);
}

TEST_F(ring_view_test, a_changed_ring_has_another_generation_and_new_ranges) {
  const auto before = test::run(context, clock, view.keyspace("shop", 60s));
  ASSERT_TRUE(before.has_value());
  const auto generation = view.generation();
  world.add_node("dc1", "rack1");
  const auto after = test::run(context, clock, view.keyspace("shop", 0s));
  ASSERT_TRUE(after.has_value());
  EXPECT_NE(view.generation(), generation);
  EXPECT_GT((*after)->ranges.size(), (*before)->ranges.size());
}

TEST_F(ring_view_test, what_is_told_of_a_removed_cluster_is_not_believed_when_it_comes_late) {
  ASSERT_TRUE(test::run(context, clock, view.ring(60s)).has_value());
  std::optional<result<std::shared_ptr<const model::ring>>> late;
  boost::asio::co_spawn(context, view.ring(0s),
                        [&](std::exception_ptr, auto told) { late = std::move(told); });
  clock.run(context, 1ms);
  ASSERT_FALSE(late.has_value());
  view.forget();
  clock.run(context, 1s);
  ASSERT_TRUE(late.has_value());
  EXPECT_EQ(late->error().code, errc::unknown_cluster);
  EXPECT_EQ(view.last_ring(), nullptr);
}

TEST_F(ring_view_test, an_unknown_keyspace_is_refused_by_the_first_node) {
  EXPECT_FALSE(test::run(context, clock, view.keyspace("nowhere", 60s)).has_value());
  EXPECT_EQ(asked("keyspace_ring"), 1);
}

/// Nodes that tell what is so when they are asked, and whose answers take their time.
class far_cluster final : public management::node_connector {
 public:
  far_cluster(base::clock& clock, test::fake_cluster& world) : clock_(clock), world_(world) {}

  std::shared_ptr<management::node_client> client(const model::cluster&,
                                                  const model::node_address&) override {
    return std::make_shared<node>(*this);
  }
  void learn(const model::cluster&, const model::ring&) override {}
  void forget(const std::string&) override {}
  task<void> close_all() override { co_return result<void>{}; }

  base::clock::duration ring_takes{0};
  base::clock::duration ranges_take{0};

 private:
  class node final : public management::node_client {
   public:
    explicit node(far_cluster& all) : all_(all) {}
    task<model::ring> ring() override {
      return arrive<model::ring>(all_.world_.ring(), all_.ring_takes);
    }
    task<model::keyspace_ring> keyspace_ring(std::string keyspace) override {
      return arrive<model::keyspace_ring>(all_.world_.keyspace_ring(keyspace), all_.ranges_take);
    }
    // Nobody asks these here.
    task<management::node_identity> identity() override { co_return nothing(); }
    task<std::vector<std::string>> keyspaces() override { co_return nothing(); }
    task<std::vector<model::table>> tables(std::string) override { co_return nothing(); }
    task<management::tables_by_keyspace> all_tables() override { co_return nothing(); }
    task<int> pending_compactions() override { co_return nothing(); }
    task<std::vector<management::running_repair>> running_repairs() override {
      co_return nothing();
    }
    task<std::unique_ptr<management::repair_session>> start_repair(
        management::repair_request) override {
      co_return nothing();
    }
    task<std::unique_ptr<management::repair_session>> attach(model::command_reference) override {
      co_return nothing();
    }
    task<management::cancel_outcome> cancel(model::command_reference,
                                            std::vector<model::command_reference>) override {
      co_return nothing();
    }

   private:
    template <class Answer>
    task<Answer> arrive(result<Answer> told, base::clock::duration after) {
      co_await all_.clock_.sleep_for(after);
      co_return told;
    }
    static error nothing() { return {base::errc::unavailable, "it was not expected"}; }

    far_cluster& all_;
  };

  base::clock& clock_;
  test::fake_cluster& world_;
};

class late_answer_test : public ring_view_test {
 protected:
  /// Asks now; the answer is waited for with arrived().
  template <class Answer>
  void ask(task<Answer> question, std::optional<result<Answer>>& answer) {
    boost::asio::co_spawn(context, std::move(question),
                          [&](std::exception_ptr, auto told) { answer = std::move(told); });
    clock.run(context, 1ms);
    clock.advance(1ms);  // nobody sleeps for so short a time
    ASSERT_FALSE(answer.has_value());
  }

  far_cluster far{clock, world};
  ring_view view{clock, far, world.registration(), {}};
};

TEST_F(late_answer_test, a_ring_that_was_asked_for_earlier_and_comes_later_is_no_news) {
  far.ring_takes = 5s;
  std::optional<result<std::shared_ptr<const model::ring>>> late;
  ask(view.ring(0s), late);
  world.add_node("dc1", "rack1");
  far.ring_takes = 0s;
  ASSERT_EQ((*test::run(context, clock, view.ring(0s)))->nodes.size(), 4U);
  const auto generation = view.generation();
  clock.run(context, 10s);
  ASSERT_TRUE(late.has_value());
  EXPECT_EQ((**late)->nodes.size(), 4U);
  EXPECT_EQ(view.last_ring()->nodes.size(), 4U);
  EXPECT_EQ(view.generation(), generation);
}

TEST_F(late_answer_test, ranges_from_before_the_ring_changed_are_asked_for_again) {
  far.ranges_take = 5s;
  std::optional<result<std::shared_ptr<const model::keyspace_ring>>> late;
  ask(view.keyspace("shop", 60s), late);
  world.add_node("dc1", "rack1");
  far.ranges_take = 0s;
  ASSERT_TRUE(test::run(context, clock, view.ring(0s)).has_value());
  const auto generation = view.generation();
  clock.run(context, 10s);
  ASSERT_TRUE(late.has_value());
  EXPECT_EQ((**late)->ranges.size(), world.keyspace_ring("shop")->ranges.size());
  EXPECT_EQ(view.generation(), generation);
}

/// Two datacenters, and what of them may be called.
class limited_ring_view_test : public ::testing::Test {
 protected:
  static test::fake_cluster_options two_datacenters() {
    test::fake_cluster_options options;
    options.layout.datacenters = {{.name = "dc1"}, {.name = "dc2"}};
    return options;
  }
  test::fake_node& node(const std::string& datacenter) {
    for (std::size_t index = 0; index < world.size(); ++index) {
      if (world.node(index).shown().datacenter == datacenter) return world.node(index);
    }
    throw std::logic_error("no node in " + datacenter);
  }
  std::string who_answers() {
    const auto ring = test::run(context, clock, view.ring(0s));
    EXPECT_TRUE(ring.has_value());
    return view.ring_source();
  }

  boost::asio::io_context context;
  base::virtual_clock clock;
  test::fake_cluster world{context.get_executor(), clock, two_datacenters()};
  deployment::reach_policy reach;
  ring_view view{clock, world, world.registration(), {}, reach};
};

TEST_F(limited_ring_view_test, of_one_node_only_that_one_is_asked) {
  const auto& ours = node("dc2");
  reach = deployment::reach_policy::of_node(ours.id(), ours.address());
  EXPECT_EQ(who_answers(), ours.address());
  EXPECT_TRUE(view.may_call(ours.address()));
  EXPECT_FALSE(view.may_call(node("dc1").address()));
  world.node(ours.address()).cut_connection();
  EXPECT_EQ(test::run(context, clock, view.ring(0s)).error().code, errc::unreachable);
}

TEST_F(limited_ring_view_test, of_a_datacenter_the_others_are_not_asked_once_the_ring_is_known) {
  who_answers();  // by a seed, of any datacenter
  reach = deployment::reach_policy::of_datacenter("dc2");
  for (int turn = 0; turn < 10; ++turn) {
    const auto& source = who_answers();
    EXPECT_EQ(world.node(source).shown().datacenter, "dc2");
    world.node(source).cut_connection();
    if (turn % 2 == 1) {
      for (std::size_t index = 0; index < world.size(); ++index)
        world.node(index).mend_connection();
    }
  }
  EXPECT_FALSE(view.may_call(node("dc1").address()));
  EXPECT_FALSE(view.may_call("10.99.0.1"));
}

TEST_F(limited_ring_view_test, a_cluster_without_a_node_that_may_be_called_says_so) {
  who_answers();
  reach = deployment::reach_policy::of_datacenter("dc9");
  const auto ring = test::run(context, clock, view.ring(0s));
  ASSERT_FALSE(ring.has_value());
  EXPECT_EQ(ring.error().code, errc::unreachable);
  EXPECT_NE(ring.error().message().find("may be called from here"), std::string::npos);
}

}  // namespace
}  // namespace helenus::cluster
