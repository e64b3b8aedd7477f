#include "model/repair_segment.h"

#include <gtest/gtest.h>

#include <set>

namespace helenus::model {
namespace {

using enum segment_state;
constexpr segment_state every_state[] = {not_started, running, done, started};

TEST(repair_segment_test, these_are_all_the_legal_transitions) {
  const std::set<std::pair<segment_state, segment_state>> legal{
      {not_started, started}, {started, running},     {started, done},    {started, not_started},
      {running, done},        {running, not_started}, {done, not_started}};
  for (const auto from : every_state) {
    for (const auto to : every_state) {
      EXPECT_EQ(may_become(from, to), legal.contains({from, to}))
          << to_string(from) << " -> " << to_string(to);
    }
  }
}

TEST(repair_segment_test, states_survive_text_and_have_the_stored_numbers) {
  for (const auto state : every_state) EXPECT_EQ(*parse_segment_state(to_string(state)), state);
  EXPECT_FALSE(parse_segment_state("").has_value());
  EXPECT_EQ(static_cast<int>(not_started), 0);
  EXPECT_EQ(static_cast<int>(running), 1);
  EXPECT_EQ(static_cast<int>(done), 2);
  EXPECT_EQ(static_cast<int>(started), 3);
}

}  // namespace
}  // namespace helenus::model
