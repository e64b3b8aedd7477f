#include "management/jmx/quirks.h"

#include "base/errc.h"
#include "management/errc.h"

#include <gtest/gtest.h>

namespace helenus::management::jmx {
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

TEST(quirks_test, options_say_exactly_what_is_asked) {
  const auto options = *repair_options(small_request(), of("4.1.10"), false);
  const std::map<std::string, std::string> expected{
      {"parallelism", "parallel"}, {"primaryRange", "false"}, {"incremental", "false"},
      {"jobThreads", "1"},         {"ranges", "-9:5,7:-10"},  {"columnFamilies", "t1,t2"},
      {"trace", "false"}};
  EXPECT_EQ(options, expected);
}

TEST(quirks_test, parallelism_has_cassandras_names) {
  auto request = small_request();
  request.parallelism = model::repair_parallelism::sequential;
  EXPECT_EQ(repair_options(request, of("5.0.9"), false)->at("parallelism"), "sequential");
  request.parallelism = model::repair_parallelism::datacenter_aware;
  EXPECT_EQ(repair_options(request, of("5.0.9"), false)->at("parallelism"), "dc_parallel");
}

TEST(quirks_test, an_incremental_repair_is_always_parallel) {
  auto request = small_request();
  request.incremental = true;
  request.parallelism = model::repair_parallelism::sequential;
  const auto options = *repair_options(request, of("4.0.19"), false);
  EXPECT_EQ(options.at("parallelism"), "parallel");
  EXPECT_EQ(options.at("incremental"), "true");
  EXPECT_EQ(repair_options(request, of("3.11.19"), false).error().code, errc::unsupported);
}

TEST(quirks_test, datacenters_are_sent_only_when_some_are_named) {
  auto request = small_request();
  request.datacenters = {"dc1", "dc2"};
  EXPECT_EQ(repair_options(request, of("5.0.9"), false)->at("dataCenters"), "dc1,dc2");
}

TEST(quirks_test, paxos_repair_is_asked_only_of_versions_that_know_it) {
  EXPECT_FALSE(repair_options(small_request(), of("4.0.19"), true)->contains("repairPaxos"));
  EXPECT_EQ(repair_options(small_request(), of("4.1.10"), true)->at("repairPaxos"), "true");
  EXPECT_FALSE(repair_options(small_request(), of("4.1.10"), false)->contains("repairPaxos"));
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
      EXPECT_EQ(repair_options(request, of(version), false).error().code,
                base::errc::invalid_argument);
    }
  }
}

TEST(quirks_test, what_cassandra_would_misread_is_refused) {
  auto whole_ring = small_request();
  whole_ring.ranges = {range(3, 3)};
  auto empty_table = small_request();
  empty_table.tables = {""};
  auto two_in_one = small_request();
  two_in_one.tables = {"t1,t2"};
  auto threads = small_request();
  threads.job_threads = 5;
  auto no_threads = small_request();
  no_threads.job_threads = 0;
  for (const auto& request : {whole_ring, empty_table, two_in_one, threads, no_threads}) {
    EXPECT_EQ(repair_options(request, of("5.0.9"), false).error().code,
              base::errc::invalid_argument);
  }
}

TEST(quirks_test, every_range_item_has_a_colon_between_two_tokens) {
  auto request = small_request();
  request.ranges.clear();
  for (int index = 0; index < 768; ++index) request.ranges.push_back(range(index, index + 1));
  const auto text = repair_options(request, of("3.11.19"), false)->at("ranges");
  EXPECT_EQ(std::count(text.begin(), text.end(), ':'), 768);
  EXPECT_EQ(std::count(text.begin(), text.end(), ','), 767);
}

TEST(quirks_test, the_parent_status_is_read_as_servers_write_it) {
  using model::command_state;
  EXPECT_EQ(read_parent_status(std::nullopt).state, command_state::unknown);
  EXPECT_EQ(read_parent_status(std::vector<std::string>{}).state, command_state::unknown);
  EXPECT_EQ(read_parent_status({{"IN_PROGRESS"}}).state, command_state::running);
  EXPECT_EQ(read_parent_status({{"COMPLETED", "Repair completed successfully"}}).state,
            command_state::succeeded);
  const auto failed = read_parent_status(
      {{"FAILED", "Endpoint not alive: /127.0.0.2:7000", "Repair command #3 finished with error"}});
  EXPECT_EQ(failed.state, command_state::failed);
  EXPECT_EQ(failed.detail, "Endpoint not alive: /127.0.0.2:7000");
  EXPECT_EQ(read_parent_status({{"SOMETHING_NEW"}}).state, command_state::unknown);
}

}  // namespace
}  // namespace helenus::management::jmx
