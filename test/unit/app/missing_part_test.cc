#include "app/missing_part.h"

#include "base/errc.h"
#include "cluster/errc.h"
#include "management/errc.h"
#include "net/errc.h"
#include "storage/errc.h"

#include <gtest/gtest.h>

namespace helenus::app {
namespace {

using enum startup_state;

std::string missing(startup_state step, boost::system::error_code failure) {
  return missing_part(step, error{failure, "why"});
}

TEST(missing_part_test, what_storage_lacks_is_told_apart) {
  using storage::errc;
  EXPECT_EQ(missing(opening_storage, errc::unavailable), "storage");
  EXPECT_EQ(missing(opening_storage, errc::login_refused),
            "the role of Helenus in storage, or its password");
  EXPECT_EQ(missing(migrating, errc::no_keyspace), "the keyspace of storage");
  EXPECT_EQ(missing(migrating, errc::old_schema), "the schema version of storage");
  EXPECT_EQ(missing(migrating, errc::newer_schema), "a Helenus as new as the schema of storage");
  EXPECT_EQ(missing(migrating, errc::permission_missing),
            "a permission of the role of Helenus in storage");
  EXPECT_EQ(missing(opening_storage, errc::busy), "another process to let go of storage");
}

TEST(missing_part_test, what_the_process_itself_lacks_is_named_in_any_step) {
  for (const auto step : {opening_storage, joining}) {
    EXPECT_EQ(missing(step, base::errc::unavailable), "a secret in its file");
    EXPECT_EQ(missing(step, net::errc::certificate_unreadable),
              "certificates and keys that can be used");
  }
}

TEST(missing_part_test, joining_waits_for_the_node) {
  EXPECT_EQ(missing(joining, management::errc::node_unreachable), "the local node");
  EXPECT_EQ(missing(joining, cluster::errc::wrong_cluster), "the local node");
  EXPECT_EQ(missing(joining, base::errc::timed_out), "the local node");
  EXPECT_EQ(missing(joining, management::errc::authentication_failed),
            "the JMX login of the local node");
  EXPECT_EQ(missing(joining, storage::errc::unavailable), "storage");
}

TEST(missing_part_test, of_an_unknown_failure_the_step_is_named) {
  for (const auto step : {opening_storage, migrating, recovering}) {
    EXPECT_EQ(missing(step, base::errc::internal), work_of(step));
    EXPECT_FALSE(work_of(step).empty());
  }
  EXPECT_EQ(work_of(ready), "");
}

}  // namespace
}  // namespace helenus::app
