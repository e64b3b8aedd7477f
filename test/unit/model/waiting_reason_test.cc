#include "model/waiting_reason.h"

#include <gtest/gtest.h>

#include <set>

namespace helenus::model {
namespace {

TEST(waiting_reason_test, every_reason_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  const auto last = static_cast<int>(waiting_for::whole_node);
  for (int value = 0; value <= last; ++value) {
    names.insert(to_string(static_cast<waiting_for>(value)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(last) + 1);
}

}  // namespace
}  // namespace helenus::model
