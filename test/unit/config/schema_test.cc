#include "unit/config/parsed_text.h"

#include <gtest/gtest.h>

namespace helenus::config {
namespace {

TEST(schema_test, a_password_is_never_part_of_a_complaint) {
  EXPECT_EQ(complaint("jmxAuth: {username: u, password: [s3cret]}"),
            "f:1: jmxAuth.password: a text is accepted\n");
}

TEST(schema_test, storage_without_a_folder_is_in_memory) {
  EXPECT_EQ(made("persistenceStoragePath: \"\"").storage.folder, "");
  EXPECT_EQ(made("storageType: sqlite").storage.folder, "/var/lib/helenus");
}

TEST(schema_test, zero_is_a_number_of_days_and_runs_and_pending_compactions) {
  EXPECT_EQ(made("purgeRecordsAfterInDays: 0").repair.purge_after_days, 0);
  EXPECT_EQ(made("numberOfRunsToKeepPerUnit: 0").repair.runs_to_keep_per_unit, 0);
  EXPECT_EQ(made("maxPendingCompactions: 0").repair.max_pending_compactions, 0);
  EXPECT_NE(complaint("maxParallelRepairs: 0"), "");
}

}  // namespace
}  // namespace helenus::config
