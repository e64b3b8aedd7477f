#include "cluster/ring_view.h"

#include "cluster/errc.h"
#include "support/fake_cluster.h"
#include "support/run.h"

#include <gtest/gtest.h>

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

TEST_F(ring_view_test, an_unknown_keyspace_is_refused_by_the_first_node) {
  EXPECT_FALSE(test::run(context, clock, view.keyspace("nowhere", 60s)).has_value());
  EXPECT_EQ(asked("keyspace_ring"), 1);
}

}  // namespace
}  // namespace helenus::cluster
