#include "support/fake_client.h"

#include "management/errc.h"

#include <algorithm>

namespace helenus::test {

using management::errc;
using namespace std::chrono_literals;

fake_node* fake_client::find() {
  if (!id_) {
    const auto* node = world_.find(address_);
    if (!node) return nullptr;
    id_ = node->id();
  }
  return world_.find(*id_);
}

task<fake_node*> fake_client::call(std::string name) {
  ++world_.calls_[name];
  const auto& options = world_.options();
  auto* node = find();
  if (!node || !node->running() || (!node->paused() && !node->reachable())) {
    co_await world_.clock().sleep_for(options.connect_timeout);
    co_return error{errc::node_unreachable, name + ": no connection to " + address_};
  }
  const auto jvm_start = node->jvm_start();
  const auto length = options.call_time + node->additional_call_time();
  if (node->paused() || length > options.call_timeout) {
    co_await world_.clock().sleep_for(options.call_timeout);
    co_return error{errc::call_timed_out, name + ": no answer from " + address_};
  }
  co_await world_.clock().sleep_for(length);
  world_.settle();
  if (node->paused()) {
    co_await world_.clock().sleep_for(options.call_timeout);
    co_return error{errc::call_timed_out, name + ": no answer from " + address_};
  }
  if (!node->reachable() || node->jvm_start() != jvm_start) {
    co_return error{errc::connection_lost, name + ": connection to " + address_ + " lost"};
  }
  co_return node;
}

task<management::node_identity> fake_client::identity() {
  CO_TRY(node, co_await call("identity"));
  const auto ring = world_.ring();
  co_return management::node_identity{ring.cluster_name,    node->id(), node->address(),
                                      ring.release_version, ring.kind,  node->operation_mode(),
                                      node->jvm_start()};
}

task<model::ring> fake_client::ring() {
  CO_TRY_VOID(co_await call("ring"));
  co_return world_.ring();
}

task<model::keyspace_ring> fake_client::keyspace_ring(std::string keyspace) {
  CO_TRY_VOID(co_await call("keyspace_ring"));
  if (!world_.find_keyspace(keyspace)) co_return error{errc::unknown_keyspace, keyspace};
  co_return world_.keyspace_ring(keyspace);
}

task<std::vector<std::string>> fake_client::keyspaces() {
  CO_TRY_VOID(co_await call("keyspaces"));
  std::vector<std::string> names;
  for (const auto& keyspace : world_.options().keyspaces) names.push_back(keyspace.name);
  std::sort(names.begin(), names.end());
  co_return names;
}

task<std::vector<model::table>> fake_client::tables(std::string keyspace) {
  CO_TRY_VOID(co_await call("tables"));
  const auto* found = world_.find_keyspace(keyspace);
  if (!found) co_return error{errc::unknown_keyspace, keyspace};
  std::vector<model::table> tables;
  for (const auto& [name, strategy] : found->tables) {
    tables.push_back({keyspace, name, "org.apache.cassandra.db.compaction." + strategy});
  }
  co_return tables;
}

task<management::tables_by_keyspace> fake_client::all_tables() {
  CO_TRY_VOID(co_await call("all_tables"));
  management::tables_by_keyspace tables{{"system", {"local", "peers"}}};
  for (const auto& keyspace : world_.options().keyspaces) {
    for (const auto& [name, strategy] : keyspace.tables) tables[keyspace.name].push_back(name);
  }
  co_return tables;
}

task<int> fake_client::pending_compactions() {
  CO_TRY(node, co_await call("pending_compactions"));
  co_return node->pending_compactions();
}

task<std::vector<management::running_repair>> fake_client::running_repairs() {
  CO_TRY(node, co_await call("running_repairs"));
  std::vector<management::running_repair> running;
  for (const auto& command : node->commands()) {
    if (command->live()) running.push_back({command->number});
  }
  co_return running;
}

task<std::unique_ptr<management::repair_session>> fake_client::start_repair(
    management::repair_request request) {
  if (request.tables.empty() || request.ranges.empty()) {
    world_.violations_.push_back("start_repair with an empty list, which would mean everything");
    co_return error{base::errc::invalid_argument, "an empty list"};
  }
  auto node = co_await call("start_repair");
  if (!node) {
    // The request may have arrived before the connection broke.
    const bool uncertain = node.error().code != errc::node_unreachable;
    if (uncertain) co_return error{errc::start_uncertain, node.error().detail};
    co_return node.error();
  }
  if (!world_.find_keyspace(request.keyspace)) {
    co_return error{errc::unknown_keyspace, request.keyspace};
  }
  co_return co_await begin(**node, std::move(request));
}

task<std::unique_ptr<management::repair_session>> fake_client::begin(
    fake_node& node, management::repair_request request) {
  const auto suffers = world_.choose_fault(node);
  const auto kind = suffers ? std::optional(suffers->first) : std::nullopt;
  if (kind == fault::refuse_start) co_return error{errc::refused_by_node, "remote: pool is full"};
  if (kind == fault::nothing_to_do) {
    co_return std::make_unique<fake_session>(
        world_, model::command_reference{node.id(), 0, node.jvm_start()}, false);
  }
  const auto command = world_.begin(node, std::move(request), suffers);
  if (kind == fault::lose_start_reply) {
    co_await world_.clock().sleep_for(world_.options().call_timeout);
    co_return error{errc::start_uncertain, "no answer to start_repair from " + address_};
  }
  auto session = std::make_unique<fake_session>(
      world_, model::command_reference{node.id(), command->number, command->jvm_start}, false);
  if (kind == fault::slow_start) co_await world_.clock().sleep_for(20s);
  co_return session;
}

task<std::unique_ptr<management::repair_session>> fake_client::attach(
    model::command_reference command) {
  ++world_.calls_["attach"];
  co_return std::make_unique<fake_session>(world_, command, true);
}

task<management::cancel_outcome> fake_client::cancel(model::command_reference command,
                                                     std::vector<model::command_reference> ours) {
  CO_TRY(node, co_await call("cancel"));
  if (command.coordinator != node->id() || command.jvm_start != node->jvm_start()) {
    co_return management::cancel_outcome::not_running;
  }
  const auto target = node->find_command(command.number);
  if (!target || !target->live()) co_return management::cancel_outcome::not_running;
  std::vector<std::shared_ptr<fake_command>> hit;
  for (const auto& other : node->commands()) {
    if (!other->live()) continue;
    const auto named = std::any_of(ours.begin(), ours.end(), [&](const auto& reference) {
      return reference.number == other->number && reference.jvm_start == other->jvm_start;
    });
    if (other != target && !named) co_return management::cancel_outcome::left_running;
    hit.push_back(other);
  }
  for (const auto& other : hit) {
    other->fail_now(world_.clock().now(), "Repair session was terminated");
  }
  world_.settle();
  world_.changed();
  co_return management::cancel_outcome::cancelled;
}

}  // namespace helenus::test
