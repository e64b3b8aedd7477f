#include "management/http/api_values.h"

#include "management/errc.h"

#include <gtest/gtest.h>

namespace helenus::management::http {
namespace {

constexpr auto endpoints_text = R"({"entity":[
 {"ENDPOINT_IP":"10.0.0.1","IS_ALIVE":"true","IS_LOCAL":"true","CLUSTER_NAME":"Test Cluster","DC":"dc1","RACK":"r1",
  "PARTITIONER":"org.apache.cassandra.dht.Murmur3Partitioner","TOKENS":"-5,100","HOST_ID":"11111111-7c1c-41f0-9d2a-0f1e2d3c4b5a",
  "STATUS":"NORMAL,-5","STATUS_WITH_PORT":"NORMAL,-5","LOAD":"12345.0","RELEASE_VERSION":"4.1.7","NET_VERSION":"12","RPC_READY":"true"},
 {"ENDPOINT_IP":"10.0.0.2","IS_ALIVE":"false","IS_LOCAL":"false","CLUSTER_NAME":"Test Cluster","DC":"dc1","RACK":"r2","TOKENS":"50",
  "HOST_ID":"22222222-7c1c-41f0-9d2a-0f1e2d3c4b5a","STATUS":"shutdown,true","RELEASE_VERSION":"4.1.7"},
 {"ENDPOINT_IP":"10.0.0.3","IS_ALIVE":"true","TOKENS":"70","HOST_ID":"33333333-7c1c-41f0-9d2a-0f1e2d3c4b5a","STATUS":"BOOT,70","DC":"dc1"},
 {"ENDPOINT_IP":"10.0.0.4","IS_ALIVE":"false","TOKENS":"80","HOST_ID":"44444444-7c1c-41f0-9d2a-0f1e2d3c4b5a","STATUS":"LEFT,80,1700000000000"},
 {"ENDPOINT_IP":"10.0.0.5","IS_ALIVE":"true","TOKENS":"null","HOST_ID":"55555555-7c1c-41f0-9d2a-0f1e2d3c4b5a","STATUS":"NORMAL"},
 {"ENDPOINT_IP":"10.0.0.6","IS_ALIVE":"false"}],
 "variant":{"language":null},"annotations":[],"mediaType":"application/json"})";

const model::node* node_at(const model::ring& ring, const std::string& address) {
  for (const auto& node : ring.nodes) {
    if (node.address == address) return &node;
  }
  return nullptr;
}

TEST(api_values_test, a_node_tells_who_it_is) {
  const auto who = *read_identity(*read_endpoints(endpoints_text));
  EXPECT_EQ(who.cluster_name, "Test Cluster");
  EXPECT_EQ(who.address, "10.0.0.1");
  EXPECT_EQ(who.release_version, "4.1.7");
  EXPECT_EQ(who.operation_mode, "NORMAL");
  EXPECT_EQ(who.id.value().to_string(), "11111111-7c1c-41f0-9d2a-0f1e2d3c4b5a");
}

TEST(api_values_test, the_state_of_a_node_has_the_words_of_its_operation_mode) {
  const auto mode = [](const std::string& status) {
    return read_identity({{{"ENDPOINT_IP", "10.0.0.1"},
                           {"IS_LOCAL", "true"},
                           {"HOST_ID", "11111111-7c1c-41f0-9d2a-0f1e2d3c4b5a"},
                           {"PARTITIONER", "org.apache.cassandra.dht.Murmur3Partitioner"},
                           {"STATUS", status}}})
        ->operation_mode;
  };
  EXPECT_EQ(mode("NORMAL,5"), "NORMAL");
  EXPECT_EQ(mode("BOOT,5"), "JOINING");
  EXPECT_EQ(mode("BOOT_REPLACE,10.0.0.9"), "JOINING");
  EXPECT_EQ(mode("LEAVING,5"), "LEAVING");
  EXPECT_EQ(mode("shutdown,true"), "DRAINED");
  EXPECT_EQ(mode(""), "STARTING");
}

TEST(api_values_test, a_node_without_itself_in_gossip_is_not_ready) {
  EXPECT_EQ(read_identity({}).error().code, errc::node_unreachable);
  EXPECT_EQ(read_identity({{{"ENDPOINT_IP", "10.0.0.1"}, {"IS_LOCAL", "true"}}}).error().code,
            errc::node_unreachable);
}

TEST(api_values_test, a_ring_with_tokens_of_128_bits_is_refused) {
  const auto refused =
      read_identity({{{"ENDPOINT_IP", "10.0.0.1"},
                      {"IS_LOCAL", "true"},
                      {"HOST_ID", "11111111-7c1c-41f0-9d2a-0f1e2d3c4b5a"},
                      {"PARTITIONER", "org.apache.cassandra.dht.RandomPartitioner"}}});
  EXPECT_EQ(refused.error().code, errc::unsupported);
  EXPECT_NE(refused.error().message().find("over JMX"), std::string::npos);
}

TEST(api_values_test, gossip_makes_the_ring) {
  const auto ring = *link::read_ring(read_ring_facts(*read_endpoints(endpoints_text)));
  EXPECT_EQ(ring.cluster_name, "Test Cluster");
  EXPECT_EQ(ring.release_version, "4.1.7");
  EXPECT_EQ(ring.tokens, (std::vector{model::token(-5), model::token(50), model::token(100)}))
      << "who joins has no range yet, who left has none any more";
  ASSERT_NE(node_at(ring, "10.0.0.1"), nullptr);
  EXPECT_TRUE(node_at(ring, "10.0.0.1")->alive);
  EXPECT_EQ(node_at(ring, "10.0.0.1")->datacenter, "dc1");
  EXPECT_EQ(node_at(ring, "10.0.0.1")->messaging_version, 12);
  EXPECT_EQ(node_at(ring, "10.0.0.1")->load, "12345.0");
  EXPECT_FALSE(node_at(ring, "10.0.0.2")->alive);
  EXPECT_EQ(node_at(ring, "10.0.0.2")->mode, model::node_mode::normal);
  EXPECT_EQ(node_at(ring, "10.0.0.3")->mode, model::node_mode::joining);
  EXPECT_EQ(node_at(ring, "10.0.0.4"), nullptr);
  EXPECT_TRUE(node_at(ring, "10.0.0.5")->tokens.empty());
  EXPECT_FALSE(node_at(ring, "10.0.0.6")->alive) << "known by its address alone since a restart";
}

TEST(api_values_test, ranges_keep_all_64_bits) {
  const auto ranges = *read_ranges(
      R"({"token_range_to_endpoints":[{"tokens":[9223372036854775807,-9223372036854775808],"endpoints":["10.0.0.1","10.0.0.2"]}]})");
  ASSERT_EQ(ranges.size(), 1U);
  EXPECT_EQ(ranges[0].start, "9223372036854775807");
  EXPECT_EQ(ranges[0].end, "-9223372036854775808");
  EXPECT_EQ(ranges[0].endpoints, (std::vector<std::string>{"10.0.0.1", "10.0.0.2"}));
}

TEST(api_values_test, what_is_not_as_expected_is_an_unexpected_answer) {
  for (const auto* text :
       {"", "{", "[]", "7", R"({"entity":7})", R"({"entity":[7]})", R"({"entity":[{}]})"}) {
    EXPECT_EQ(read_endpoints(text).error().code, errc::unexpected_answer) << text;
  }
  for (const auto* range :
       {"7", "{}", R"({"tokens":[1],"endpoints":[]})", R"({"tokens":[1.5,2],"endpoints":[]})",
        R"({"tokens":["1","2"],"endpoints":[]})", R"({"tokens":[1,2],"endpoints":[3]})",
        R"({"tokens":[1,9223372036854775808],"endpoints":[]})"}) {
    const auto text = R"({"token_range_to_endpoints":[)" + std::string(range) + "]}";
    EXPECT_EQ(read_ranges(text).error().code, errc::unexpected_answer) << text;
  }
  for (const auto* text : {"{}", "[7]", "x"}) {
    EXPECT_EQ(read_names(text).error().code, errc::unexpected_answer) << text;
    EXPECT_EQ(read_tables("ks", text).error().code, errc::unexpected_answer) << text;
  }
  for (const auto* text : {"[]", "x", "\"repair-1\""}) {
    EXPECT_EQ(read_repair_id(text).error().code, errc::unexpected_answer) << text;
  }
}

TEST(api_values_test, tables_come_with_their_compaction) {
  const auto tables = *read_tables(
      "ks",
      R"([{"name":"a","compaction":{"class":"org.x.TimeWindowCompactionStrategy","unit":"DAYS"}},{"name":"b"}])");
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[0].keyspace, "ks");
  EXPECT_EQ(tables[0].compaction_strategy, "org.x.TimeWindowCompactionStrategy");
  EXPECT_EQ(tables[1].name, "b");
}

TEST(api_values_test, a_repair_is_asked_for_with_everything_that_limits_it) {
  repair_request request;
  request.keyspace = "ks";
  request.tables = {"a", "b"};
  request.ranges = {{model::token(-9223372036854775807), model::token(9223372036854775807)},
                    {model::token(5), model::token(-5)}};
  request.parallelism = model::repair_parallelism::datacenter_aware;
  request.job_threads = 2;
  EXPECT_EQ(
      repair_body(request),
      R"({"keyspace":"ks","tables":["a","b"],"full_repair":true,"repair_parallelism":"dc_parallel",)"
      R"("repair_thread_count":2,"associated_tokens":[{"start":-9223372036854775807,)"
      R"("end":9223372036854775807},{"start":5,"end":-5}]})");
  request.ranges.pop_back();
  request.incremental = true;
  request.datacenters = {"dc1"};
  EXPECT_EQ(
      repair_body(request),
      R"({"keyspace":"ks","tables":["a","b"],"full_repair":false,"repair_parallelism":"parallel",)"
      R"("repair_thread_count":2,"associated_tokens":[{"start":-9223372036854775807,)"
      R"("end":9223372036854775807}],"datacenters":["dc1"]})");
}

}  // namespace
}  // namespace helenus::management::http
