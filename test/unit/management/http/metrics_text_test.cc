#include "management/http/metrics_text.h"

#include <gtest/gtest.h>

namespace helenus::management::http {
namespace {

constexpr auto text = R"(# HELP org_apache_cassandra_metrics_compaction_pending_tasks Generated
# TYPE org_apache_cassandra_metrics_compaction_pending_tasks gauge
org_apache_cassandra_metrics_compaction_pending_tasks{host="a",cluster="c",} 3.0
org_apache_cassandra_metrics_compaction_pending_tasks_total 99
process_start_time_seconds 1.7328712345E9
pool{name="A",kind="x"} 1
pool{name="B",kind="x"} 2.5 1700000000000
pool{name="B",kind="y"} -1
quoted{name="say \"hi\", {you}"} 7
broken{name="B} 5
wrong{name="B"} many
nothing{name="B"} NaN
)";

TEST(metrics_text_test, reads_plain_numbers_decimals_and_exponents) {
  EXPECT_EQ(sum_of(text, "process_start_time_seconds"), 1732871234.5);
  EXPECT_EQ(sum_of(text, "org_apache_cassandra_metrics_compaction_pending_tasks"), 3);
  EXPECT_EQ(sum_of(text, "org_apache_cassandra_metrics_compaction_pending_tasks_total"), 99);
}

TEST(metrics_text_test, a_name_is_not_found_in_a_longer_one) {
  EXPECT_EQ(sum_of(text, "org_apache_cassandra_metrics_compaction"), std::nullopt);
  EXPECT_EQ(sum_of(text, "process_start_time"), std::nullopt);
}

TEST(metrics_text_test, samples_are_chosen_by_a_label) {
  EXPECT_EQ(sum_of(text, "pool"), 2.5);
  EXPECT_EQ(sum_of(text, "pool", wanted_label{"name", "A"}), 1);
  EXPECT_EQ(sum_of(text, "pool", wanted_label{"kind", "x"}), 3.5);
  EXPECT_EQ(sum_of(text, "pool", wanted_label{"name", "C"}), std::nullopt);
  EXPECT_EQ(sum_of(text, "quoted", wanted_label{"name", "say \"hi\", {you}"}), 7);
}

TEST(metrics_text_test, what_cannot_be_read_is_no_sample) {
  for (const auto* name : {"broken", "wrong", "nothing"}) {
    EXPECT_EQ(sum_of(text, name), std::nullopt) << name;
  }
  for (const auto* cut :
       {"", "m", "m{", "m{a", "m{a=", "m{a=\"", "m{a=\"b\\", "m{a=\"b\"", "m{a=\"b\"}"}) {
    EXPECT_EQ(sum_of(cut, "m"), std::nullopt) << cut;
  }
}

}  // namespace
}  // namespace helenus::management::http
