#include "app/one_shot/wait_news.h"

#include <gtest/gtest.h>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;
using model::waiting_for;

run_wait wait(waiting_for what, std::optional<std::string> node, std::string detail = "why") {
  run_wait made;
  made.keyspace = "shop";
  made.reason.what = what;
  made.reason.node = std::move(node);
  made.reason.detail = std::move(detail);
  return made;
}

class wait_news_test : public ::testing::Test {
 protected:
  std::size_t told(std::vector<run_wait> waits) {
    return news.looked(std::move(waits), now).size();
  }

  base::clock::time_point now{1h};
  wait_news news;
};

TEST_F(wait_news_test, what_lasts_is_told_once) {
  const auto down = wait(waiting_for::node_down, "a");
  EXPECT_EQ(told({down}), 0u);
  now += 2s;
  EXPECT_EQ(told({down}), 1u);
  now += 2s;
  EXPECT_EQ(told({down}), 0u);
  EXPECT_EQ(told({}), 0u);
  EXPECT_EQ(told({down}), 0u);
  now += 2s;
  EXPECT_EQ(told({down}), 1u);  // it has come again
}

TEST_F(wait_news_test, what_passes_within_a_second_is_not_told) {
  const auto unknown = wait(waiting_for::node_unreachable, "a");
  for (int look = 0; look < 10; ++look) {
    EXPECT_EQ(told({unknown}), 0u);
    now += 900ms;
    EXPECT_EQ(told({}), 0u);
  }
}

TEST_F(wait_news_test, another_node_is_news_and_other_details_are_not) {
  EXPECT_EQ(told({wait(waiting_for::pending_compactions, "a", "21")}), 0u);
  now += 2s;
  EXPECT_EQ(told({wait(waiting_for::pending_compactions, "a", "22")}), 1u);
  now += 2s;
  EXPECT_EQ(told({wait(waiting_for::pending_compactions, "a", "23"),
                  wait(waiting_for::pending_compactions, "b", "24")}),
            0u);
  now += 2s;
  EXPECT_EQ(told({wait(waiting_for::pending_compactions, "a", "25"),
                  wait(waiting_for::pending_compactions, "b", "26")}),
            1u);
}

TEST_F(wait_news_test, several_runs_that_wait_for_the_same_are_one_piece_of_news) {
  const auto down = wait(waiting_for::node_down, "a");
  EXPECT_EQ(told({down, down, down}), 0u);
  now += 2s;
  EXPECT_EQ(told({down, down, down}), 1u);
}

TEST_F(wait_news_test, what_is_in_the_nature_of_a_repair_is_no_news) {
  for (const auto what : {waiting_for::turn, waiting_for::replica_busy, waiting_for::pacing}) {
    EXPECT_EQ(told({wait(what, "a")}), 0u);
    now += 1h;
    EXPECT_EQ(told({wait(what, "a")}), 0u);
  }
}

TEST_F(wait_news_test, the_sentence_names_keyspace_and_node_once) {
  EXPECT_EQ(waiting_sentence(wait(waiting_for::node_down, "10.0.0.3", "it is seen as down")),
            "shop: 10.0.0.3: it is seen as down");
  EXPECT_EQ(waiting_sentence(wait(waiting_for::node_down, "10.0.0.3", "10.0.0.3 is down")),
            "shop: 10.0.0.3 is down");
  EXPECT_EQ(waiting_sentence(wait(waiting_for::storage, std::nullopt, "")), "shop: storage");
}

}  // namespace
}  // namespace helenus::app
