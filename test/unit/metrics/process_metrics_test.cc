#include "metrics/process_metrics.h"

#include <gtest/gtest.h>

namespace helenus::metrics {
namespace {

TEST(process_metrics_test, are_read_at_each_exposition) {
  registry all;
  add_process_metrics(all, "1.2.3");
  EXPECT_EQ(all.level("process_open_fds", "").value(), 0);
  all.text();
  EXPECT_GT(all.level("process_resident_memory_bytes", "").value(), 1e6);
  EXPECT_GT(all.level("process_open_fds", "").value(), 2);
  EXPECT_GT(all.level("process_cpu_seconds_total", "").value(), 0);
}

TEST(process_metrics_test, say_which_version_runs) {
  registry all;
  add_process_metrics(all, "1.2.3");
  EXPECT_NE(all.text().find("helenus_build_info{version=\"1.2.3\",} 1\n"), std::string::npos);
}

}  // namespace
}  // namespace helenus::metrics
