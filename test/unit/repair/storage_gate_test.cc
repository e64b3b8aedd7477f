#include "repair/storage_gate.h"

#include "storage/errc.h"

#include <gtest/gtest.h>

namespace helenus::repair {
namespace {

using namespace std::chrono_literals;

TEST(storage_gate, while_storage_fails_one_thing_at_a_time_tries) {
  storage_gate gate({});
  base::clock::time_point now{1h};
  EXPECT_GT(gate.starts_allowed(now), 1000u);
  gate.failed({storage::errc::full, "disk full"}, now, {}, 0);
  EXPECT_EQ(gate.starts_allowed(now), 0u);
  ASSERT_TRUE(gate.next_try().has_value());
  EXPECT_EQ(gate.starts_allowed(*gate.next_try()), 1u);
  ASSERT_TRUE(gate.reason().has_value());
  EXPECT_EQ(gate.reason()->what, model::waiting_for::storage);
  EXPECT_EQ(gate.reason()->detail, "disk full");
  gate.worked();
  EXPECT_TRUE(gate.open());
  EXPECT_FALSE(gate.reason().has_value());
}

TEST(storage_gate, many_failures_at_once_are_one) {
  storage_gate gate({});
  base::clock::time_point now{1h};
  gate.failed(storage::errc::full, now, {}, 0);
  const auto first = gate.next_try();
  for (int index = 0; index < 100; ++index) gate.failed(storage::errc::full, now, {}, 0);
  EXPECT_EQ(gate.next_try(), first);
}

TEST(storage_gate, a_changed_row_is_no_trouble_of_the_storage) {
  EXPECT_FALSE(is_storage_trouble(storage::errc::superseded));
  EXPECT_TRUE(is_storage_trouble(storage::errc::full));
}

}  // namespace
}  // namespace helenus::repair
