#include "api/requests/run_request.h"

#include "api/errc.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

using namespace std::chrono_literals;
using texts = std::set<std::string>;

constexpr std::string_view minimum = "clusterName=Test%20C&keyspace=k&owner=me";

result<repair::run_request> read(std::string_view query, const run_defaults& defaults = {}) {
  TRY(parameters, http::parse_parameters(query));
  TRY(begun, begin_run_request(parameters, defaults));
  return finish_run_request(std::move(begun), parameters, defaults);
}

result<repair::run_request> read_more(std::string_view query) {
  return read(std::string(minimum) + "&" + std::string(query));
}

TEST(run_request_test, what_is_not_said_is_the_default) {
  const auto request = read(minimum, {.segments_per_node = 7, .segment_timeout = 9min});
  EXPECT_EQ(request->cluster_name, "testc");
  EXPECT_EQ(request->keyspace, "k");
  EXPECT_EQ(request->owner, "me");
  EXPECT_EQ(request->cause, "no cause specified");
  EXPECT_EQ(request->segments_per_node, 7);
  EXPECT_EQ(request->timeout, 9min);
  EXPECT_EQ(request->intensity, 0.9);
  EXPECT_EQ(request->parallelism, model::repair_parallelism::datacenter_aware);
}

TEST(run_request_test, everything_can_be_said) {
  const auto request = read_more(
      "cause=c&tables=a,b&segmentCountPerNode=4&repairParallelism=sequential&intensity=1e-1"
      "&incrementalRepair=false&nodes=10.0.0.1&repairThreadCount=2&force=TRUE&timeout=5");
  ASSERT_TRUE(request) << request.error().message();
  EXPECT_EQ(request->cause, "c");
  EXPECT_EQ(request->tables, (texts{"a", "b"}));
  EXPECT_EQ(request->segments_per_node, 4);
  EXPECT_EQ(request->parallelism, model::repair_parallelism::sequential);
  EXPECT_EQ(request->intensity, 0.1);
  EXPECT_EQ(request->nodes, texts{"10.0.0.1"});
  EXPECT_EQ(request->repair_thread_count, 2);
  EXPECT_TRUE(request->force);
  EXPECT_EQ(request->timeout, 5min);
}

TEST(run_request_test, an_incremental_repair_is_parallel) {
  EXPECT_EQ(read_more("incrementalRepair=true&repairParallelism=SEQUENTIAL")->parallelism,
            model::repair_parallelism::parallel);
  EXPECT_EQ(read_more("subrangeIncrementalRepair=true")->parallelism,
            model::repair_parallelism::parallel);
}

TEST(run_request_test, the_first_mistake_is_told_in_the_order_of_reaper) {
  const std::vector<std::pair<std::string, std::string>> steps{
      {"", "clusterName"},
      {"clusterName=c", "keyspace"},
      {"clusterName=c&keyspace=k", "owner"},
      {std::string(minimum) + "&segmentCountPerNode=1001&repairParallelism=x",
       "segmentCountPerNode"},
      {std::string(minimum) + "&repairParallelism=dc_parallel&intensity=2", "repairParallelism"},
      {std::string(minimum) + "&intensity=2&incrementalRepair=x", "intensity"},
      {std::string(minimum) + "&incrementalRepair=x&subrangeIncrementalRepair=x",
       "incrementalRepair"},
      {std::string(minimum) + "&subrangeIncrementalRepair=x&nodes=a&datacenters=b",
       "subrangeIncrementalRepair"},
      {std::string(minimum) + "&nodes=a&datacenters=b&tables=a&blacklistedTables=b", "nodes"},
      {std::string(minimum) + "&tables=a&blacklistedTables=b&force=x", "tables"},
      {std::string(minimum) + "&force=x&timeout=0", "force"},
      {std::string(minimum) + "&timeout=0", "timeout"},
      {std::string(minimum) + "&timeout=-1", "timeout"},
      {std::string(minimum) + "&repairThreadCount=5", "repairThreadCount"},
  };
  for (const auto& [query, named] : steps) {
    const auto request = read(query);
    ASSERT_FALSE(request) << query;
    EXPECT_EQ(request.error().code, errc::bad_parameter) << query;
    EXPECT_NE(request.error().message().find(named), std::string::npos)
        << request.error().message();
  }
}

TEST(run_request_test, an_integer_that_is_none_is_another_error) {
  EXPECT_EQ(read_more("segmentCountPerNode=abc").error().code, errc::not_an_integer);
  EXPECT_EQ(read_more("timeout=x").error().code, errc::not_an_integer);
}

TEST(run_request_test, intensity_is_above_0_and_at_most_1) {
  EXPECT_EQ(*parse_intensity("1"), 1.0);
  EXPECT_EQ(*parse_intensity("0.5d"), 0.5);
  for (const auto* wrong : {"", "0", "-1", "1.1", "NaN", "nan", "inf", "x", "0.5x", "d"}) {
    EXPECT_FALSE(parse_intensity(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace helenus::api
