#include "metrics/registry.h"

#include <gtest/gtest.h>

#include <cmath>

namespace helenus::metrics {
namespace {

TEST(summary_test, quantiles_are_of_the_newest_values_and_the_rest_of_all) {
  summary tested;
  EXPECT_TRUE(std::isnan(tested.quantile(0.5)));
  for (int value = 1; value <= 100; ++value) tested.observe(value);
  EXPECT_EQ(tested.count(), 100U);
  EXPECT_EQ(tested.sum(), 5050);
  EXPECT_EQ(tested.quantile(0.5), 68);  // 37 to 100 are kept
  EXPECT_EQ(tested.quantile(1), 100);
}

TEST(summary_test, the_smallest_and_the_only_value_are_quantiles) {
  summary tested;
  tested.observe(7);
  EXPECT_EQ(tested.quantile(0.001), 7);
  EXPECT_EQ(tested.quantile(0.999), 7);
}

TEST(summary_test, is_written_with_the_quantiles_that_timers_of_reaper_have) {
  registry all;
  all.times("took", "Took.", {{"host", "a"}}).observe(2);
  all.times("took", "Took.", {{"host", "a"}}).observe(4);
  EXPECT_EQ(all.text(),
            "# HELP took Took.\n# TYPE took summary\n"
            "took{host=\"a\",quantile=\"0.5\",} 2\ntook{host=\"a\",quantile=\"0.75\",} 4\n"
            "took{host=\"a\",quantile=\"0.95\",} 4\ntook{host=\"a\",quantile=\"0.98\",} 4\n"
            "took{host=\"a\",quantile=\"0.99\",} 4\ntook{host=\"a\",quantile=\"0.999\",} 4\n"
            "took_count{host=\"a\",} 2\ntook_sum{host=\"a\",} 6\n");
}

}  // namespace
}  // namespace helenus::metrics
