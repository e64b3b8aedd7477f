#pragma once

#include "base/broadcast.h"
#include "base/errc.h"
#include "management/errc.h"
#include "management/link/node_calls.h"

#include <boost/asio/any_io_executor.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace helenus::management::link {

/// A node that does what a test says: what connections to it see.
struct scripted_node {
  explicit scripted_node(boost::asio::any_io_executor executor) : changed(executor) {
    identity.cluster_name = "Test Cluster";
    identity.id = model::host_id(*base::uuid::parse("11111111-7c1c-41f0-9d2a-0f1e2d3c4b5a"));
    identity.address = "10.0.0.1";
    identity.release_version = "5.0.9";
    identity.operation_mode = "NORMAL";
    identity.jvm_start = model::wall_time(std::chrono::hours(1));
  }

  void say(std::int32_t command, model::repair_event what) {
    log.push_back({command, static_cast<std::int64_t>(log.size()), {}, std::move(what)});
    changed.notify_all();
  }
  /// All connections break.
  void cut() {
    ++generation;
    changed.notify_all();
  }
  void restart() {
    identity.jvm_start += std::chrono::minutes(1);
    log.clear();
    mbeans.clear();
    status.clear();
    next_command = 1;
    cut();
  }

  node_identity identity;
  std::optional<error> refuses_connections;
  std::optional<error> refuses_repairs;
  std::vector<std::string> keyspaces{"ks"};
  tables_by_keyspace tables;
  link::ring_facts facts;
  std::vector<range_fact> ranges;
  std::vector<progress_event> log;
  std::size_t dropped = 0;  // the oldest events of the log that can not be fetched any more
  std::set<std::int32_t> mbeans;
  std::map<std::int32_t, model::command_answer> status;
  std::vector<running_compaction> compactions;
  std::vector<std::string> stopped;
  std::int32_t next_command = 1;
  repair_request last_request;
  bool last_with_paxos = false;
  bool says_start_before_answer = false;
  int connections = 0;
  int terminations = 0;
  int goodbyes = 0;
  int streams = 0;
  unsigned generation = 0;
  base::broadcast changed;
};

class scripted_events final : public node_events {
 public:
  scripted_events(scripted_node& node, std::optional<std::int64_t> from)
      : node_(node),
        generation_(node.generation),
        position_(from ? static_cast<std::size_t>(*from) : node.log.size()) {
    ++node_.streams;
  }
  task<std::variant<progress_event, events_missed>> next() override {
    for (;;) {
      if (generation_ != node_.generation) co_return error{errc::connection_lost, "cut"};
      if (position_ < node_.dropped) {
        const auto count = node_.dropped - std::exchange(position_, node_.dropped);
        co_return events_missed{"the node dropped " + std::to_string(count) + " events"};
      }
      if (position_ < node_.log.size()) co_return node_.log[position_++];
      co_await node_.changed.wait();
    }
  }
  std::int64_t next_sequence() const override { return static_cast<std::int64_t>(position_); }

 private:
  scripted_node& node_;
  unsigned generation_;
  std::size_t position_;
};

class scripted_calls final : public node_calls {
 public:
  explicit scripted_calls(scripted_node& node) : node_(node), generation_(node.generation) {}

  task<void> watch() override {
    while (is_open()) co_await node_.changed.wait();
    co_return lost();
  }
  bool is_open() const override { return generation_ == node_.generation; }
  task<void> close() override {
    ++node_.goodbyes;
    co_return result<void>{};
  }
  task<node_identity> identity() override { return answer(node_.identity); }
  task<link::ring_facts> ring_facts() override { return answer(node_.facts); }
  task<std::vector<range_fact>> ranges(std::string) override { return answer(node_.ranges); }
  task<std::vector<std::string>> keyspaces() override { return answer(node_.keyspaces); }
  task<std::vector<model::table>> tables(std::string) override {
    return answer(std::vector<model::table>{});
  }
  task<tables_by_keyspace> all_tables() override { return answer(node_.tables); }
  task<int> pending_compactions() override { return answer(3); }
  task<std::vector<running_compaction>> compactions() override { return answer(node_.compactions); }
  task<void> stop_compaction(std::string id) override {
    node_.stopped.push_back(id);
    co_return result<void>{};
  }
  task<std::int32_t> repair_async(repair_request request, bool with_paxos) override {
    if (!is_open()) co_return lost();
    node_.last_request = std::move(request);
    node_.last_with_paxos = with_paxos;
    if (node_.refuses_repairs) co_return *node_.refuses_repairs;
    const auto number = node_.next_command++;
    if (node_.says_start_before_answer) {
      node_.say(number, model::command_started{});
      co_await node_.changed.wait();
    }
    co_return number;
  }
  task<model::command_answer> parent_repair_status(std::int32_t number) override {
    if (!is_open()) co_return lost();
    const auto known = node_.status.find(number);
    if (known == node_.status.end()) co_return model::command_answer{};
    co_return known->second;
  }
  task<std::vector<std::int32_t>> running_commands() override {
    return answer(std::vector<std::int32_t>(node_.mbeans.begin(), node_.mbeans.end()));
  }
  task<std::vector<std::int32_t>> running_commands_after(std::int32_t) override {
    return answer(std::vector<std::int32_t>{});
  }
  task<void> terminate_repairs() override {
    ++node_.terminations;
    co_return result<void>{};
  }
  task<std::unique_ptr<node_events>> listen(std::optional<std::int64_t> from) override {
    if (!is_open()) co_return lost();
    co_return std::unique_ptr<node_events>(std::make_unique<scripted_events>(node_, from));
  }

 private:
  static error lost() { return {errc::connection_lost, "cut"}; }
  template <class Answer>
  task<Answer> answer(Answer value) {
    if (!is_open()) co_return lost();
    co_return std::move(value);
  }

  scripted_node& node_;
  unsigned generation_;
};

/// Connects to scripted nodes by the text of their endpoint.
class scripted_dialer final : public node_dialer {
 public:
  task<std::shared_ptr<node_calls>> connect(node_target target) override {
    const auto found = nodes.find(net::to_text(target.endpoint));
    if (found == nodes.end()) co_return error{errc::node_unreachable, "nothing is there"};
    ++found->second->connections;
    if (found->second->refuses_connections) co_return *found->second->refuses_connections;
    co_return std::make_shared<scripted_calls>(*found->second);
  }
  std::map<std::string, scripted_node*> nodes;
};

}  // namespace helenus::management::link
