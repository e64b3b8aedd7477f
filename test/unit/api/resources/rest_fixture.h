#pragma once

#include "api/problem.h"
#include "api/routes.h"
#include "http/dispatcher.h"
#include "metrics/registry.h"
#include "storage/memory/backend.h"
#include "support/fake_cluster.h"
#include "support/run.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <gtest/gtest.h>

namespace helenus::api {

using http::method;
using namespace std::chrono_literals;

/// The connector of a fake cluster that remembers as which cluster, and which user of it, each
/// question was asked.
class remembering_connector final : public management::node_connector {
 public:
  explicit remembering_connector(management::node_connector& nodes) : nodes_(nodes) {}
  std::shared_ptr<management::node_client> client(const model::cluster& cluster,
                                                  const model::node_address& address) override {
    names.push_back(cluster.name);
    users.push_back(cluster.jmx_username);
    return nodes_.client(cluster, address);
  }
  void learn(const model::cluster& cluster, const model::ring& ring) override {
    nodes_.learn(cluster, ring);
  }
  void forget(const std::string& cluster_name) override { nodes_.forget(cluster_name); }
  task<void> close_all() override { return nodes_.close_all(); }

  std::vector<std::string> names;
  std::vector<std::string> users;

 private:
  management::node_connector& nodes_;
};

/// All of REST over a fake cluster of three nodes and storage in memory, in virtual time: requests
/// go through the table of routes, only the socket is missing.
class rest_fixture : public ::testing::Test {
 protected:
  explicit rest_fixture(cluster::cluster_options options = {}, repair::repair_options engine = {})
      : cassandra(context.get_executor(), clock, layout()),
        connector(cassandra),
        clusters(context.get_executor(), clock, storage, connector, options),
        repairs(context.get_executor(), clock, storage, clusters, alone, engine, registry, 7),
        with{.clock = clock,
             .clusters = clusters,
             .repairs = repairs,
             .runs = {},
             .dynamic_seeds = options.dynamic_seeds,
             .logins = [this]() -> task<shown_logins> { co_return logins; }},
        dispatcher(routes, {.ready = [] { return true; },
                            .not_ready = [] { return http::error_response(503); },
                            .failed = [](const error& failure) { return to_response(failure); }}) {
    add_routes(routes, current);
    boost::asio::co_spawn(
        context, repairs.run(),
        boost::asio::bind_cancellation_slot(
            stop.slot(), [this](std::exception_ptr, result<void>) { running = false; }));
  }

  ~rest_fixture() override {
    stop.emit(boost::asio::cancellation_type::terminal);
    clock.run_until(context, clock.now() + 60s, [this] { return !running; });
  }

  static test::fake_cluster_options layout() {
    test::fake_cluster_options options;
    options.layout.datacenters = {{"dc1", 3, 1}};
    options.layout.tokens_per_node = 4;
    options.keyspaces.push_back({"empty", {{"dc1", 3}}, {}});
    return options;
  }

  http::response ask(method verb, const std::string& target, std::string body = {},
                     std::vector<http::header> headers = {}) {
    http::request asked;
    asked.verb = verb;
    asked.raw_target = target;
    asked.target = *http::parse_target(target);
    asked.headers = std::move(headers);
    asked.headers.push_back({"Host", "helenus:8080"});
    asked.body = std::move(body);
    return *test::run(context, clock, dispatcher.answer(asked));
  }
  http::response get(const std::string& target) { return ask(method::get, target); }
  http::response put(const std::string& target) { return ask(method::put, target); }
  http::response post(const std::string& target) { return ask(method::post, target); }
  http::response del(const std::string& target) { return ask(method::del, target); }
  http::response post_form(const std::string& target, std::string body) {
    return ask(method::post, target, std::move(body),
               {{"Content-Type", "application/x-www-form-urlencoded"}});
  }
  boost::json::value json(const std::string& target) {
    const auto answer = get(target);
    EXPECT_EQ(answer.status, 200) << target << ": " << answer.body;
    return boost::json::parse(answer.body);
  }

  boost::json::array list(const std::string& target) { return json(target).as_array(); }

  /// Registers the fake cluster; its name.
  std::string register_cluster() {
    const auto added = post("/cluster?seedHost=" + seed());
    EXPECT_EQ(added.status, 201) << added.body;
    return name();
  }
  std::string name() { return cassandra.registration().name; }
  std::string seed() { return cassandra.registration().seed_hosts.front(); }

  /// A planned run; its id.
  std::string plan(const std::string& more = "&segmentCountPerNode=4&intensity=1") {
    const auto made = post("/repair_run?clusterName=" + name() + "&keyspace=shop&owner=Ana" + more);
    EXPECT_EQ(made.status, 201) << made.body;
    return text_of(boost::json::parse(made.body), "id");
  }
  std::string start(const std::string& more = "&segmentCountPerNode=4&intensity=1") {
    auto id = plan(more);
    EXPECT_EQ(put("/repair_run/" + id + "/state/RUNNING").status, 200);
    return id;
  }
  void pass(base::clock::duration length) { clock.run(context, length); }
  void run_to_end(const std::string& id) {
    for (int minutes = 0; minutes < 600 && state_of(id) == "RUNNING"; ++minutes) pass(1min);
  }
  std::string state_of(const std::string& id) {
    return text_of(json("/repair_run/" + id), "state");
  }
  static std::string text_of(const boost::json::value& from, std::string_view member) {
    return std::string(from.at(member).as_string());
  }
  static std::string location(const http::response& answer) {
    return std::string(http::find_header(answer.headers, "Location").value_or(""));
  }

  boost::asio::io_context context;
  base::virtual_clock clock;
  test::fake_cluster cassandra;
  remembering_connector connector;
  storage::memory::backend storage;
  cluster::cluster_service clusters;
  metrics::registry registry;
  deployment::mode alone;
  repair::repair_service repairs;
  shown_logins logins;
  services with;
  services* current = &with;
  http::router routes;
  http::dispatcher dispatcher;
  boost::asio::cancellation_signal stop;
  bool running = true;
};

/// "409 text": what the client sees.
inline std::string shown(const http::response& answer) {
  return std::to_string(answer.status) + " " + answer.body;
}

}  // namespace helenus::api
