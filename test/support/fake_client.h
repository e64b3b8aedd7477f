#pragma once

#include "base/event.h"
#include "management/node_client.h"
#include "support/fake_cluster.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace helenus::test {

/// A client for one node of a fake cluster. Follows the node when its address changes.
class fake_client final : public management::node_client {
 public:
  fake_client(fake_cluster& world, model::node_address address)
      : world_(world), address_(std::move(address)) {}

  task<management::node_identity> identity() override;
  task<model::ring> ring() override;
  task<model::keyspace_ring> keyspace_ring(std::string keyspace) override;
  task<std::vector<std::string>> keyspaces() override;
  task<std::vector<model::table>> tables(std::string keyspace) override;
  task<management::tables_by_keyspace> all_tables() override;
  task<int> pending_compactions() override;
  task<std::vector<management::running_repair>> running_repairs() override;
  task<std::unique_ptr<management::repair_session>> start_repair(
      management::repair_request request) override;
  task<std::unique_ptr<management::repair_session>> attach(
      model::command_reference command) override;
  task<management::cancel_outcome> cancel(model::command_reference command,
                                          std::vector<model::command_reference> ours) override;

 private:
  /// Pays the time of a call and finds the node, or fails as a call to it would.
  task<fake_node*> call(std::string name);
  task<std::unique_ptr<management::repair_session>> begin(fake_node& node,
                                                          management::repair_request request);
  fake_node* find();

  fake_cluster& world_;
  model::node_address address_;
  std::optional<model::host_id> id_;
};

/// One command of a fake node as a stream of events.
class fake_session final : public management::repair_session {
 public:
  fake_session(fake_cluster& world, model::command_reference command, bool attached);
  ~fake_session() override;

  model::command_reference command() const override { return reference_; }
  task<model::repair_event> next() override;
  task<model::command_answer> ask() override;
  task<void> close() override;

 private:
  std::optional<model::repair_event> take(const fake_node& node);
  std::optional<model::repair_event> take_said(const fake_node& node);
  model::command_answer answer(const fake_node& node) const;
  /// When take() may give something without anybody doing anything.
  time_point next_chance() const;
  /// Until something happens or that time.
  task<void> wait(time_point until);

  fake_cluster& world_;
  model::command_reference reference_;
  std::shared_ptr<fake_command> command_;
  std::size_t heard_ = 0;  // entries of the timeline
  bool in_doubt_ = false;
  bool over_ = false;
  bool closed_ = false;
  bool restart_told_ = false;
  time_point next_ask_{};
  time_point last_heard_{};
  base::event changed_;
  std::uint64_t waiter_;
};

}  // namespace helenus::test
