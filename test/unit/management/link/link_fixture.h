#pragma once

#include "management/link/link_connector.h"
#include "support/run.h"
#include "unit/management/link/scripted_node.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>

namespace helenus::management::link {

using namespace std::chrono_literals;

template <class Event>
bool is(const model::repair_event& event) {
  return std::holds_alternative<Event>(event);
}

/// A connector, and one node that does what a test says.
struct link_fixture : ::testing::Test {
  link_fixture() {
    auto scripted = std::make_unique<scripted_dialer>();
    scripted->nodes["10.0.0.1:7199"] = &node;
    dialer = scripted.get();
    const auto where = [](const model::cluster& of, const model::node_address& address) {
      return node_target{{address, of.jmx_port}, of.name, of.jmx_username, of.jmx_password};
    };
    connector.emplace(context.get_executor(), clock, options, where, std::move(scripted));
    cluster.name = "testcluster";
    cluster.jmx_port = 7199;
    node.facts.cluster_name = "Test Cluster";
    node.facts.partitioner_name = "Murmur3Partitioner";
    node.facts.release_version = "5.0.9";
    node.facts.token_to_endpoint = {{"0", "10.0.0.1"}, {"100", "10.0.0.2"}};
    node.facts.endpoint_to_host_id = {{"10.0.0.1", node.identity.id.value().to_string()},
                                      {"10.0.0.2", "22222222-7c1c-41f0-9d2a-0f1e2d3c4b5a"}};
    node.ranges = {{"0", "100", {"10.0.0.1", "10.0.0.2"}}, {"100", "0", {"10.0.0.1"}}};
  }

  void run(task<void> scene) {
    auto closing = base::finally(
        std::move(scene), [this]() -> task<void> { co_return co_await connector->close_all(); });
    const auto outcome = test::run(context, clock, std::move(closing), 24h);
    EXPECT_TRUE(outcome.has_value()) << outcome.error().message();
  }

  std::shared_ptr<node_client> client() { return connector->client(cluster, "10.0.0.1"); }
  static repair_request request() {
    repair_request wanted;
    wanted.keyspace = "ks";
    wanted.tables = {"t"};
    wanted.ranges = {{model::token(1), model::token(2)}};
    return wanted;
  }
  static model::host_id another_id() {
    return model::host_id(*base::uuid::parse("99999999-7c1c-41f0-9d2a-0f1e2d3c4b5a"));
  }
  static model::ring ring_of(const model::node_address& address, const model::host_id& id) {
    model::ring ring;
    auto& node = ring.nodes.emplace_back();
    node.address = address;
    node.id = id;
    return ring;
  }
  model::command_reference reference(std::int32_t number) const {
    return {node.identity.id, number, node.identity.jvm_start};
  }

  boost::asio::io_context context;
  base::virtual_clock clock;
  scripted_node node{context.get_executor()};
  connector_options options;
  scripted_dialer* dialer = nullptr;
  std::optional<link_connector> connector;
  model::cluster cluster;
};

}  // namespace helenus::management::link
