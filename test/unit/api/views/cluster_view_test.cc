#include "api/views/cluster_view.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

TEST(cluster_view_test, loads_are_bytes) {
  EXPECT_EQ(load_in_bytes("1.5 KiB"), 1536);
  EXPECT_EQ(load_in_bytes("2 MB"), 2.0 * 1024 * 1024);
  EXPECT_EQ(load_in_bytes("1,5 GiB"), 1.5 * 1024 * 1024 * 1024);
  EXPECT_EQ(load_in_bytes("7 bytes"), 7);
  EXPECT_EQ(load_in_bytes("?"), 0);
  EXPECT_EQ(load_in_bytes(""), 0);
}

TEST(cluster_view_test, nodes_are_grouped_by_datacenter_and_rack_and_those_that_left_are_dropped) {
  model::cluster cluster;
  cluster.name = "orders";
  cluster.seed_hosts = {"10.0.0.1"};
  model::ring ring;
  for (const auto* address : {"10.0.0.1", "10.0.0.2"}) {
    model::node node;
    node.address = address;
    node.datacenter = "dc1";
    node.rack = "r1";
    node.mode = model::node_mode::normal;
    node.alive = true;
    node.load = "1 KiB";
    node.tokens.resize(16);
    ring.nodes.push_back(node);
  }
  ring.nodes[1].mode = model::node_mode::left;
  json_writer out;
  write_cluster(out, cluster, {.username = "u", .has_password = true}, {}, {ring, "10.0.0.3"}, {},
                members::of_reaper);
  EXPECT_EQ(out.take(),
            R"({"name":"orders","jmx_username":"u","jmx_password_is_set":true,)"
            R"("seed_hosts":["10.0.0.1"],"repair_runs":[],"repair_schedules":[],)"
            R"("nodes_status":{"endpointStates":[{"sourceNode":"10.0.0.3",)"
            R"("endpoints":{"dc1":{"r1":[{"endpoint":"10.0.0.1","hostId":"Not available",)"
            R"("dc":"dc1","rack":"r1","status":"NORMAL - UP","severity":0.0,)"
            R"("releaseVersion":"Not available","tokens":"16","load":1024.0,)"
            R"("type":"CASSANDRA"}]}},"totalLoad":2048.0,"endpointNames":["10.0.0.1"]}]}})");
}

}  // namespace
}  // namespace helenus::api
