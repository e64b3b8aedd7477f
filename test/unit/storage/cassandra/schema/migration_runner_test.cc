#include "storage/cassandra/schema/migration_runner.h"

#include <gtest/gtest.h>

namespace helenus::storage::cassandra {
namespace {

using copies = std::map<std::string, int>;

TEST(sensible_replication, is_three_copies_in_each_datacenter_that_has_as_many_nodes) {
  EXPECT_EQ(sensible_replication({{"dc1", 1}}), (copies{{"dc1", 1}}));
  EXPECT_EQ(sensible_replication({{"dc1", 3}, {"dc2", 12}}), (copies{{"dc1", 3}, {"dc2", 3}}));
  EXPECT_EQ(sensible_replication({{"dc1", 2}, {"dc2", 5}}), (copies{{"dc1", 2}, {"dc2", 3}}));
}

}  // namespace
}  // namespace helenus::storage::cassandra
