#pragma once

#include "management/link/linked_repair_session.h"
#include "management/link/node_link.h"
#include "management/node_client.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace helenus::management::link {

/// The other nodes, as one node's client needs them.
class node_directory {
 public:
  virtual ~node_directory() = default;
  /// The link to the node with this address of the same cluster.
  virtual std::shared_ptr<node_link> link_to(const model::node_address& address) = 0;
  /// A ring of the cluster was read.
  virtual void learnt(const model::ring& ring) = 0;
};

/// What a node is asked, over its link. Questions are asked once more when the connection broke
/// meanwhile; what changes something is never repeated.
class linked_node_client final : public node_client {
 public:
  linked_node_client(std::shared_ptr<node_link> link, std::unique_ptr<node_directory> directory,
                     session_patience patience, bool repair_paxos);
  ~linked_node_client() override;
  linked_node_client(const linked_node_client&) = delete;
  linked_node_client& operator=(const linked_node_client&) = delete;

  task<node_identity> identity() override;
  task<model::ring> ring() override;
  task<model::keyspace_ring> keyspace_ring(std::string keyspace) override;
  task<std::vector<std::string>> keyspaces() override;
  task<std::vector<model::table>> tables(std::string keyspace) override;
  task<tables_by_keyspace> all_tables() override;
  task<int> pending_compactions() override;
  task<std::vector<running_repair>> running_repairs() override;
  task<std::unique_ptr<repair_session>> start_repair(repair_request request) override;
  task<std::unique_ptr<repair_session>> attach(model::command_reference command) override;
  task<cancel_outcome> cancel(model::command_reference command,
                              std::vector<model::command_reference> ours) override;

  const std::shared_ptr<node_link>& link() const { return link_; }

 private:
  using node_pointer = std::shared_ptr<const connected_node>;

  template <class Answer, class Question>
  task<Answer> ask(Question question);
  task<void> require_keyspace(std::string keyspace);
  task<std::int32_t> begin(node_pointer node, repair_request request);
  task<std::set<std::int32_t>> running_commands(node_pointer node, std::int32_t command);
  void learn_newest(const model::command_reference& command);
  task<void> stop_validations(node_pointer node, std::int32_t command);

  std::shared_ptr<node_link> link_;
  std::unique_ptr<node_directory> directory_;
  session_patience patience_;
  bool repair_paxos_;
  /// What the commands were about that this client started, the newest few: cancelling needs it.
  std::map<std::int32_t, repair_request> requests_;
  model::wall_time requests_of_{};     // the JVM whose commands they are
  model::command_reference newest_{};  // that is known, of the newest JVM
};

}  // namespace helenus::management::link
