#include "management/link/quirks.h"

#include "base/errc.h"
#include "management/errc.h"

#include <gtest/gtest.h>

namespace helenus::management::link {
namespace {

model::token_range range(std::int64_t start, std::int64_t end) {
  return {model::token(start), model::token(end)};
}

repair_request small_request() {
  repair_request request;
  request.keyspace = "ks";
  request.tables = {"t1", "t2"};
  request.ranges = {range(-9, 5), range(7, -10)};
  return request;
}

quirks of(std::string_view version) { return *quirks_of(version); }

TEST(quirks_test, versions_are_read_leniently) {
  EXPECT_EQ(*parse_release("3.11.19"), (release{3, 11}));
  EXPECT_EQ(*parse_release("4.1.7"), (release{4, 1}));
  EXPECT_EQ(*parse_release("5.0.2-SNAPSHOT"), (release{5, 0}));
  EXPECT_EQ(*parse_release("6.0-alpha2"), (release{6, 0}));
  EXPECT_EQ(*parse_release("4.0.0.6816"), (release{4, 0}));
  EXPECT_EQ(*parse_release("5.0"), (release{5, 0}));
}

TEST(quirks_test, text_without_a_version_is_refused) {
  for (const auto* text : {"", "four", "4", "4.", ".4", "-4.0", "99999999999.1"}) {
    EXPECT_EQ(parse_release(text).error().code, errc::unsupported) << text;
  }
}

TEST(quirks_test, versions_before_3_11_are_refused_by_name) {
  const auto outcome = quirks_of("3.0.29");
  EXPECT_EQ(outcome.error().code, errc::unsupported);
  EXPECT_EQ(outcome.error().detail, "Cassandra 3.0.29 is too old: 3.11 and later are supported");
}

TEST(quirks_test, each_version_can_do_what_its_servers_showed) {
  EXPECT_FALSE(of("3.11.19").parent_repair_status);
  EXPECT_TRUE(of("3.11.19").validations_outlive_termination);
  EXPECT_FALSE(of("3.11.19").incremental_ranges);
  EXPECT_TRUE(of("4.0.19").parent_repair_status);
  EXPECT_FALSE(of("4.0.19").paxos_repair);
  EXPECT_FALSE(of("4.0.19").validations_outlive_termination);
  EXPECT_TRUE(of("4.1.10").paxos_repair);
  EXPECT_TRUE(of("5.0.9").paxos_repair);
  EXPECT_TRUE(of("6.0-alpha2").parent_repair_status);
}

TEST(quirks_test, an_incremental_repair_needs_four_zero) {
  auto request = small_request();
  request.incremental = true;
  EXPECT_TRUE(check_request(request, of("4.0.19")));
  EXPECT_EQ(check_request(request, of("3.11.19")).error().code, errc::unsupported);
}

TEST(quirks_test, paxos_repair_is_known_since_four_one) {
  EXPECT_FALSE(of("4.0.19").paxos_repair);
  EXPECT_TRUE(of("4.1.10").paxos_repair);
}

TEST(quirks_test, a_list_that_would_mean_everything_is_refused) {
  auto without_ranges = small_request();
  without_ranges.ranges.clear();
  auto without_tables = small_request();
  without_tables.tables.clear();
  auto without_keyspace = small_request();
  without_keyspace.keyspace.clear();
  for (const auto& request : {without_ranges, without_tables, without_keyspace}) {
    for (const auto* version : {"3.11.19", "4.0.19", "4.1.10", "5.0.9", "6.0-alpha2"}) {
      EXPECT_EQ(check_request(request, of(version)).error().code, base::errc::invalid_argument);
    }
  }
}

TEST(quirks_test, what_cassandra_would_misread_is_refused) {
  auto whole_ring = small_request();
  whole_ring.ranges = {range(3, 3)};
  auto threads = small_request();
  threads.job_threads = 5;
  auto no_threads = small_request();
  no_threads.job_threads = 0;
  for (const auto& request : {whole_ring, threads, no_threads}) {
    EXPECT_EQ(check_request(request, of("5.0.9")).error().code, base::errc::invalid_argument);
  }
}

}  // namespace
}  // namespace helenus::management::link
