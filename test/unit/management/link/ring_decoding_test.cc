#include "management/link/ring_decoding.h"

#include "management/errc.h"

#include <gtest/gtest.h>

namespace helenus::management::link {
namespace {

constexpr auto id_1 = "11111111-7c1c-41f0-9d2a-0f1e2d3c4b5a";
constexpr auto id_2 = "22222222-7c1c-41f0-9d2a-0f1e2d3c4b5a";

constexpr auto states_3_11 = R"(/10.0.0.1
  generation:1763990000
  heartbeat:1234
  STATUS:17:NORMAL,-100
  LOAD:1200:123456.0
  SCHEMA:12:2207c2a9-f598-3971-986b-2926e09e239d
  DC:8:dc1
  RACK:10:r1
  RELEASE_VERSION:5:3.11.19
  NET_VERSION:1:11
  RPC_ADDRESS:4:10.0.0.1
  HOST_ID:2:11111111-7c1c-41f0-9d2a-0f1e2d3c4b5a
  TOKENS:16:<hidden>

host2/10.0.0.2
  generation:1763990001
  heartbeat:2147483647
  STATUS:99:shutdown,true
  DC:8:dc:with:colons
  RACK:10:r2
  RELEASE_VERSION:5:3.11.19
  TOKENS: not present
)";

ring_facts two_nodes() {
  ring_facts facts;
  facts.cluster_name = "c";
  facts.partitioner_name = "org.apache.cassandra.dht.Murmur3Partitioner";
  facts.release_version = "3.11.19";
  facts.token_to_endpoint = {{"-100", "10.0.0.1"}, {"50", "10.0.0.2"}, {"-7", "10.0.0.1"}};
  facts.endpoint_to_host_id = {{"10.0.0.1", id_1}, {"10.0.0.2", id_2}};
  facts.load = {{"10.0.0.1", "120.56 KiB"}};
  facts.live = {"10.0.0.1"};
  facts.states = parse_endpoint_states(states_3_11);
  return facts;
}

const std::vector<range_fact> three_ranges{
    {"-7", "50", {"10.0.0.2", "10.0.0.1"}},
    {"50", "-100", {"10.0.0.1", "10.0.0.2"}},
    {"-100", "-7", {"10.0.0.1"}},
};

TEST(ring_decoding_test, addresses_lose_host_name_and_port) {
  EXPECT_EQ(address_of_endpoint("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(address_of_endpoint("/10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(address_of_endpoint("host/10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(address_of_endpoint("host/10.0.0.1:7000"), "10.0.0.1");
  EXPECT_EQ(address_of_endpoint("/fd00:0:0:0:0:0:0:1"), "fd00:0:0:0:0:0:0:1");
  EXPECT_EQ(address_of_endpoint("/[fd00:0:0:0:0:0:0:1]:7000"), "fd00:0:0:0:0:0:0:1");
  EXPECT_EQ(address_of_endpoint(""), "");
  EXPECT_EQ(address_of_endpoint("["), "");
}

TEST(ring_decoding_test, gossip_states_are_read_by_endpoint) {
  const auto states = parse_endpoint_states(states_3_11);
  ASSERT_EQ(states.size(), 2U);
  EXPECT_EQ(states.at("10.0.0.1").datacenter, "dc1");
  EXPECT_EQ(states.at("10.0.0.1").rack, "r1");
  EXPECT_EQ(states.at("10.0.0.1").load, "123456.0");
  EXPECT_EQ(states.at("10.0.0.1").status, "NORMAL");
  EXPECT_EQ(states.at("10.0.0.1").host_id, id_1);
  EXPECT_EQ(states.at("10.0.0.2").status, "shutdown");
  EXPECT_EQ(states.at("10.0.0.2").datacenter, "dc:with:colons");
}

TEST(ring_decoding_test, later_versions_write_the_status_with_a_port) {
  const auto states = parse_endpoint_states(
      "/10.0.0.1:7000\n  generation:1\n  STATUS_WITH_PORT:9:BOOT,5\n  DC:2:dc1\n");
  EXPECT_EQ(states.at("10.0.0.1").status, "BOOT");
}

TEST(ring_decoding_test, damaged_gossip_text_is_read_as_far_as_it_goes) {
  EXPECT_TRUE(parse_endpoint_states("").empty());
  EXPECT_TRUE(parse_endpoint_states("   DC:1:dc1").empty());
  EXPECT_EQ(parse_endpoint_states("/10.0.0.1\n  DC\n  RACK:1\n :\n").at("10.0.0.1").rack, "");
}

TEST(ring_decoding_test, nodes_have_identity_place_and_tokens) {
  const auto ring = *read_ring(two_nodes());
  EXPECT_EQ(ring.cluster_name, "c");
  EXPECT_EQ(ring.release_version, "3.11.19");
  ASSERT_EQ(ring.tokens.size(), 3U);
  EXPECT_EQ(ring.tokens.front(), model::token(-100));
  ASSERT_EQ(ring.nodes.size(), 2U);
  const auto& first = ring.nodes[0];
  EXPECT_EQ(first.address, "10.0.0.1");
  EXPECT_EQ(first.id->value().to_string(), id_1);
  EXPECT_EQ(first.datacenter, "dc1");
  EXPECT_EQ(first.rack, "r1");
  EXPECT_EQ(first.load, "120.56 KiB");
  EXPECT_EQ(first.release_version, "3.11.19");
  EXPECT_TRUE(first.alive);
  EXPECT_EQ(first.mode, model::node_mode::normal);
  EXPECT_EQ(first.tokens, (std::vector{model::token(-100), model::token(-7)}));
}

TEST(ring_decoding_test, a_stopped_node_keeps_its_place_and_is_not_alive) {
  const auto ring = *read_ring(two_nodes());
  EXPECT_FALSE(ring.nodes[1].alive);
  EXPECT_EQ(ring.nodes[1].mode, model::node_mode::normal);
}

TEST(ring_decoding_test, nodes_on_the_move_are_told_from_the_settled) {
  auto facts = two_nodes();
  facts.joining = {"10.0.0.3"};
  facts.endpoint_to_host_id["10.0.0.3"] = "33333333-7c1c-41f0-9d2a-0f1e2d3c4b5a";
  facts.leaving = {"10.0.0.1"};
  facts.moving = {"10.0.0.2"};
  const auto ring = *read_ring(facts);
  ASSERT_EQ(ring.nodes.size(), 3U);
  EXPECT_EQ(ring.nodes[0].mode, model::node_mode::leaving);
  EXPECT_EQ(ring.nodes[1].mode, model::node_mode::moving);
  EXPECT_EQ(ring.nodes[2].mode, model::node_mode::joining);
}

TEST(ring_decoding_test, an_unusable_host_id_is_none) {
  auto facts = two_nodes();
  facts.endpoint_to_host_id = {{"10.0.0.1", "none"}, {"10.0.0.2", ""}};
  const auto ring = *read_ring(facts);
  EXPECT_EQ(ring.nodes[0].id->value().to_string(), id_1);  // gossip knows it
  EXPECT_FALSE(ring.nodes[1].id);
}

TEST(ring_decoding_test, other_partitioners_and_rings_without_tokens_are_refused) {
  auto ordered = two_nodes();
  ordered.partitioner_name = "org.apache.cassandra.dht.ByteOrderedPartitioner";
  EXPECT_EQ(read_ring(ordered).error().code, errc::unsupported);
  auto empty = two_nodes();
  empty.token_to_endpoint.clear();
  EXPECT_EQ(read_ring(empty).error().code, errc::unexpected_answer);
  auto damaged = two_nodes();
  damaged.token_to_endpoint["12x"] = "10.0.0.1";
  EXPECT_EQ(read_ring(damaged).error().code, errc::unexpected_answer);
}

TEST(ring_decoding_test, ranges_are_sorted_and_know_their_replicas) {
  const auto ring = *read_keyspace_ring(two_nodes(), three_ranges);
  ASSERT_EQ(ring.ranges.size(), 3U);
  EXPECT_EQ(ring.ranges[0].range.to_string(), "(-100,-7]");
  EXPECT_EQ(ring.ranges[2].range.to_string(), "(50,-100]");
  const std::vector<model::replica> both{{"10.0.0.1", "dc1"}, {"10.0.0.2", "dc:with:colons"}};
  EXPECT_EQ(*ring.ranges[1].replicas, both);
  EXPECT_EQ(ring.ranges[1].replicas, ring.ranges[2].replicas) << "equal sets are shared";
}

TEST(ring_decoding_test, a_gap_in_the_ranges_is_refused) {
  auto ranges = three_ranges;
  ranges.erase(ranges.begin());
  EXPECT_EQ(read_keyspace_ring(two_nodes(), ranges).error().code, errc::unexpected_answer);
  EXPECT_EQ(read_keyspace_ring(two_nodes(), {}).error().code, errc::unexpected_answer);
}

TEST(ring_decoding_test, one_node_with_one_token_owns_everything) {
  auto facts = two_nodes();
  facts.token_to_endpoint = {{"5", "10.0.0.1"}};
  const auto ring = *read_keyspace_ring(facts, {{"5", "5", {"10.0.0.1"}}});
  EXPECT_EQ(ring.ranges.size(), 1U);
}

}  // namespace
}  // namespace helenus::management::link
