#include "management/link/linked_node_client.h"

#include "base/log.h"
#include "management/errc.h"
#include "management/link/cancel_choice.h"
#include "management/link/command_state.h"
#include "management/link/leftover_validations.h"

#include <algorithm>
#include <utility>

namespace helenus::management::link {
namespace {

constexpr std::size_t remembered_requests = 64;
constexpr std::chrono::seconds leftover_patience{15};  // a replica may be the reason to cancel

}  // namespace

linked_node_client::linked_node_client(std::shared_ptr<node_link> link,
                                       std::unique_ptr<node_directory> directory,
                                       session_patience patience, bool repair_paxos)
    : link_(std::move(link)),
      directory_(std::move(directory)),
      patience_(patience),
      repair_paxos_(repair_paxos) {}

linked_node_client::~linked_node_client() { link_->abandon(); }

template <class Answer, class Question>
task<Answer> linked_node_client::ask(Question question) {
  CO_TRY(node, co_await link_->connected());
  auto answer = co_await question(*node->calls);
  if (answer || answer.error().code != errc::connection_lost) co_return answer;
  CO_TRY(again, co_await link_->connected());
  co_return co_await question(*again->calls);
}

task<node_identity> linked_node_client::identity() {
  return ask<node_identity>([](node_calls& node) { return node.identity(); });
}

task<model::ring> linked_node_client::ring() {
  CO_TRY(facts, co_await ask<ring_facts>([](node_calls& node) { return node.ring_facts(); }));
  CO_TRY(ring, read_ring(facts));
  directory_->learnt(ring);
  co_return ring;
}

/// Over JMX Cassandra answers a question about an unknown keyspace with a NullPointerException.
task<void> linked_node_client::require_keyspace(std::string keyspace) {
  CO_TRY(known, co_await keyspaces());
  if (std::binary_search(known.begin(), known.end(), keyspace)) co_return result<void>{};
  // A node that was made anew says nothing about the keyspaces of its cluster.
  CO_TRY(who, co_await identity());
  if (!who.is_in_ring()) {
    co_return error{errc::refused_by_node, "it does not know keyspace '" + keyspace +
                                               "' and is not in the ring yet (" +
                                               who.operation_mode + ")"};
  }
  co_return error{errc::unknown_keyspace,
                  "there is no keyspace '" + keyspace + "' that could be repaired"};
}

task<model::keyspace_ring> linked_node_client::keyspace_ring(std::string keyspace) {
  CO_TRY_VOID(co_await require_keyspace(keyspace));
  CO_TRY(ranges, co_await ask<std::vector<range_fact>>(
                     [&keyspace](node_calls& node) { return node.ranges(keyspace); }));
  CO_TRY(facts, co_await ask<ring_facts>([](node_calls& node) { return node.ring_facts(); }));
  co_return read_keyspace_ring(facts, ranges);
}

task<std::vector<std::string>> linked_node_client::keyspaces() {
  CO_TRY(names,
         co_await ask<std::vector<std::string>>([](node_calls& node) { return node.keyspaces(); }));
  std::sort(names.begin(), names.end());
  co_return std::move(names);
}

task<std::vector<model::table>> linked_node_client::tables(std::string keyspace) {
  CO_TRY_VOID(co_await require_keyspace(keyspace));
  CO_TRY(tables, co_await ask<std::vector<model::table>>(
                     [&keyspace](node_calls& node) { return node.tables(keyspace); }));
  std::sort(tables.begin(), tables.end(),
            [](const auto& left, const auto& right) { return left.name < right.name; });
  co_return std::move(tables);
}

task<tables_by_keyspace> linked_node_client::all_tables() {
  CO_TRY(tables,
         co_await ask<tables_by_keyspace>([](node_calls& node) { return node.all_tables(); }));
  for (auto& [keyspace, names] : tables) std::sort(names.begin(), names.end());
  co_return std::move(tables);
}

task<int> linked_node_client::pending_compactions() {
  return ask<int>([](node_calls& node) { return node.pending_compactions(); });
}

/// Listens from then on: a repair that has no MBean yet is known by its events alone. It also keeps
/// the first repair from waiting for the listener, which takes a cold JVM a third of a second.
task<std::vector<running_repair>> linked_node_client::running_repairs() {
  CO_TRY(node, co_await link_->listening());
  CO_TRY(numbers, co_await running_commands(std::move(node), 0));
  std::vector<running_repair> repairs;
  for (const auto number : numbers) repairs.push_back({number});
  co_return std::move(repairs);
}

task<std::unique_ptr<repair_session>> linked_node_client::start_repair(repair_request request) {
  CO_TRY(node, co_await link_->listening());
  CO_TRY_VOID(check_request(request, node->version));
  auto session = linked_repair_session::starting(link_, patience_, node->identity);
  base::log_debug("management", "a repair command is sent", {{"node", node->identity.address}});
  CO_TRY(number, co_await begin(node, request));
  if (requests_of_ != node->identity.jvm_start) requests_.clear();
  requests_of_ = node->identity.jvm_start;
  requests_[number] = std::move(request);
  if (requests_.size() > remembered_requests) requests_.erase(requests_.begin());
  session->accepted(number);
  learn_newest(session->command());
  co_return std::unique_ptr<repair_session>(std::move(session));
}

void linked_node_client::learn_newest(const model::command_reference& command) {
  const bool newer = command.jvm_start == newest_.jvm_start ? command.number > newest_.number
                                                            : command.jvm_start > newest_.jvm_start;
  if (newer) newest_ = command;
}

/// Never repeated: a second call would be a second repair.
task<std::int32_t> linked_node_client::begin(node_pointer node, repair_request request) {
  const bool with_paxos = repair_paxos_ && node->version.paxos_repair;
  auto number = co_await node->calls->repair_async(request, with_paxos);
  if (number) co_return number;
  const auto failure = number.error();
  const bool node_answered =
      failure.code == errc::refused_by_node || failure.code == errc::unexpected_answer;
  if (node_answered) {
    const auto known = co_await require_keyspace(request.keyspace);
    if (!known && known.error().code == errc::unknown_keyspace) co_return known.error();
  }
  const bool not_sent = failure.code == errc::node_unreachable;
  if (not_sent || failure.code == errc::refused_by_node) co_return failure;
  co_return error{errc::start_uncertain, failure.message()};
}

task<std::unique_ptr<repair_session>> linked_node_client::attach(model::command_reference command) {
  if (!link_->expect(command.coordinator)) {
    co_return error{errc::wrong_node, "the command is one of another node, " +
                                          command.coordinator.value().to_string()};
  }
  learn_newest(command);
  co_return std::unique_ptr<repair_session>(
      linked_repair_session::attached(link_, patience_, command));
}

/// The commands of all tools that run, as the node and the events say. Of those that only the
/// events know the node is asked, because an event may have been missed.
task<std::set<std::int32_t>> linked_node_client::running_commands(node_pointer node,
                                                                  std::int32_t command) {
  CO_TRY(visible, co_await node->calls->running_commands());
  std::set<std::int32_t> running(visible.begin(), visible.end());
  const bool same_jvm = newest_.jvm_start == node->identity.jvm_start;
  CO_TRY(later, co_await node->calls->running_commands_after(same_jvm ? newest_.number : 0));
  running.insert(later.begin(), later.end());
  const auto begun = link_->commands().running();
  for (const auto number : begun) {
    if (number == command || running.contains(number)) continue;
    CO_TRY(answer, co_await ask_command_state(node, number));
    const bool ended = answer.state == model::command_state::succeeded ||
                       answer.state == model::command_state::failed;
    if (!ended && link_->commands().running().contains(number)) running.insert(number);
  }
  co_return std::move(running);
}

task<cancel_outcome> linked_node_client::cancel(model::command_reference command,
                                                std::vector<model::command_reference> ours) {
  if (command.number == 0) co_return cancel_outcome::not_running;
  CO_TRY(node, co_await link_->listening());
  if (node->identity.id != command.coordinator) {
    co_return error{errc::wrong_node, "the command is one of another node, " +
                                          command.coordinator.value().to_string()};
  }
  const bool gone = node->identity.jvm_start != command.jvm_start;
  if (gone || link_->commands().has_ended(command.number)) co_return cancel_outcome::not_running;
  cancel_facts facts{.command = command.number, .state = {}, .running = {}, .ours = {}};
  for (const auto& own : ours) {
    if (own.coordinator == command.coordinator && own.jvm_start == command.jvm_start) {
      facts.ours.insert(own.number);
    }
  }
  CO_TRY(state, co_await ask_command_state(node, command.number));
  facts.state = state.state;
  CO_TRY(running, co_await running_commands(node, command.number));
  facts.running = std::move(running);
  switch (choose_cancel(facts)) {
    case cancel_step::nothing_to_do:
      co_return cancel_outcome::not_running;
    case cancel_step::leave_running:
      co_return cancel_outcome::left_running;
    case cancel_step::terminate:
      break;
  }
  base::log_info("management", "the repairs that a node coordinates are terminated",
                 {{"node", node->identity.address},
                  {"command", std::to_string(command.number)},
                  {"commands", std::to_string(facts.running.size())}});
  CO_TRY_VOID(co_await node->calls->terminate_repairs());
  if (node->version.validations_outlive_termination) {
    // The command is cancelled; validations that go on cost time, not correctness.
    const auto stopped =
        co_await base::with_timeout(link_->clock(), stop_validations(node, command.number),
                                    leftover_patience, "the replicas to stop validating");
    if (!stopped) {
      base::log_warn("management", "validations of a cancelled repair may go on",
                     {{"node", node->identity.address}, {"error", stopped.error().message()}});
    }
  }
  co_return cancel_outcome::cancelled;
}

task<void> linked_node_client::stop_validations(node_pointer node, std::int32_t command) {
  const auto known = requests_.find(command);
  if (known == requests_.end() || requests_of_ != node->identity.jvm_start) {
    co_return error{errc::unsupported, "what the command repaired is not known any more"};
  }
  const auto request = known->second;
  CO_TRY(ring, co_await keyspace_ring(request.keyspace));
  result<void> outcome;
  for (const auto& address : replicas_of(ring, request.ranges)) {
    const auto link = address == node->identity.address ? link_ : directory_->link_to(address);
    if (!link) continue;
    const auto stopped = co_await stop_leftover_validations(link, request);
    if (!stopped) outcome = stopped.error();
  }
  co_return outcome;
}

}  // namespace helenus::management::link
