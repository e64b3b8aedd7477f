#include "management/jmx/repair_options.h"

#include "base/errc.h"

#include <gtest/gtest.h>

#include <algorithm>

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

TEST(repair_options_test, options_say_exactly_what_is_asked) {
  const auto options = *repair_options(small_request(), false);
  const std::map<std::string, std::string> expected{
      {"parallelism", "parallel"}, {"primaryRange", "false"}, {"incremental", "false"},
      {"jobThreads", "1"},         {"ranges", "-9:5,7:-10"},  {"columnFamilies", "t1,t2"},
      {"trace", "false"}};
  EXPECT_EQ(options, expected);
}

TEST(repair_options_test, parallelism_has_cassandras_names) {
  auto request = small_request();
  request.parallelism = model::repair_parallelism::sequential;
  EXPECT_EQ(repair_options(request, false)->at("parallelism"), "sequential");
  request.parallelism = model::repair_parallelism::datacenter_aware;
  EXPECT_EQ(repair_options(request, false)->at("parallelism"), "dc_parallel");
}

TEST(repair_options_test, datacenters_are_sent_only_when_some_are_named) {
  auto request = small_request();
  request.datacenters = {"dc1", "dc2"};
  EXPECT_EQ(repair_options(request, false)->at("dataCenters"), "dc1,dc2");
}

TEST(repair_options_test, every_range_item_has_a_colon_between_two_tokens) {
  auto request = small_request();
  request.ranges.clear();
  for (int index = 0; index < 768; ++index) request.ranges.push_back(range(index, index + 1));
  const auto text = repair_options(request, false)->at("ranges");
  EXPECT_EQ(std::count(text.begin(), text.end(), ':'), 768);
  EXPECT_EQ(std::count(text.begin(), text.end(), ','), 767);
}

TEST(repair_options_test, the_parent_status_is_read_as_servers_write_it) {
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

TEST(repair_options_test, paxos_state_is_repaired_on_request) {
  EXPECT_EQ(repair_options(small_request(), true)->at("repairPaxos"), "true");
  EXPECT_FALSE(repair_options(small_request(), false)->contains("repairPaxos"));
}

TEST(repair_options_test, an_incremental_repair_is_always_parallel) {
  auto request = small_request();
  request.incremental = true;
  request.parallelism = model::repair_parallelism::sequential;
  const auto options = *repair_options(request, false);
  EXPECT_EQ(options.at("parallelism"), "parallel");
  EXPECT_EQ(options.at("incremental"), "true");
}

TEST(repair_options_test, names_that_a_list_cannot_carry_are_refused) {
  for (const auto* name : {"", "t1,t2"}) {
    auto table = small_request();
    table.tables = {name};
    auto datacenter = small_request();
    datacenter.datacenters = {name};
    EXPECT_EQ(repair_options(table, false).error().code, base::errc::invalid_argument);
    EXPECT_EQ(repair_options(datacenter, false).error().code, base::errc::invalid_argument);
  }
}

}  // namespace
}  // namespace helenus::management::jmx
