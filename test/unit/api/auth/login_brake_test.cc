#include "api/auth/login_brake.h"

#include <gtest/gtest.h>

#include <list>

namespace helenus::api {
namespace {

using late_answers = std::list<login_brake::late_answer>;

TEST(login_brake_test, an_address_may_have_a_few_late_answers) {
  login_brake brake;
  late_answers held;
  for (std::size_t count = 0; count < login_brake::most_of_a_peer; ++count) {
    EXPECT_TRUE(brake.allows("10.0.0.1"));
    held.emplace_back(brake, "10.0.0.1");
  }
  EXPECT_FALSE(brake.allows("10.0.0.1"));
  EXPECT_TRUE(brake.allows("10.0.0.2"));
  held.pop_back();
  EXPECT_TRUE(brake.allows("10.0.0.1"));
}

TEST(login_brake_test, all_addresses_together_have_a_bound) {
  login_brake brake;
  late_answers held;
  for (std::size_t count = 0; count < login_brake::most; ++count) {
    EXPECT_TRUE(brake.allows("new"));
    held.emplace_back(brake, std::to_string(count));
  }
  EXPECT_FALSE(brake.allows("new"));
  held.clear();
  EXPECT_TRUE(brake.allows("new"));
}

}  // namespace
}  // namespace helenus::api
