#pragma once

#include "base/event.h"
#include "management/node_connector.h"
#include "model/cluster.h"
#include "support/fake_command.h"
#include "support/fake_node.h"
#include "support/fake_ring.h"
#include "support/repair_ledger.h"

#include <boost/asio/any_io_executor.hpp>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace helenus::test {

struct fake_keyspace {
  std::string name = "shop";
  replication copies{{"dc1", 3}};
  /// Name and compaction strategy.
  std::vector<std::pair<std::string, std::string>> tables{
      {"customers", "SizeTieredCompactionStrategy"},
      {"orders", "SizeTieredCompactionStrategy"},
      {"visits", "SizeTieredCompactionStrategy"}};
};

struct fake_cluster_options {
  ring_layout layout;
  std::vector<fake_keyspace> keyspaces{{}};
  std::uint64_t seed = 1;  ///< of everything that is random here; the same seed replays all
  duration_model repair_time = takes(std::chrono::seconds(30));
  duration call_time = std::chrono::milliseconds(2);    ///< of every call
  duration start_delay = std::chrono::milliseconds(2);  ///< from the answer to START
  duration connect_timeout = std::chrono::seconds(5);   ///< a dead node
  duration call_timeout = std::chrono::seconds(20);     ///< a paused or slow node
  duration detection = std::chrono::seconds(10);     ///< until the others see that a node is dead
  duration ask_interval = std::chrono::seconds(10);  ///< of a session that lost events
  /// A session that hears nothing for this long asks by itself; zero: never.
  duration ask_when_silent = std::chrono::seconds(60);
  int commands_per_node = 1;  ///< of ours at once on one replica; more is a violation
  /// With this probability a command suffers from the fault.
  std::map<fault, double> fault_rates;
  loss random_losses = loss::announced;
};

/// A whole Cassandra cluster in virtual time, as the management seam shows it, with everything that
/// can go wrong. It keeps a ledger of what was really repaired. Nothing runs by itself: state is
/// brought up to the present when it is looked at, and sessions sleep until something is said, so
/// hundreds of nodes cost nothing. Not thread safe; must outlive clients and sessions.
class fake_cluster final : public management::node_connector {
 public:
  fake_cluster(boost::asio::any_io_executor executor, base::clock& clock,
               fake_cluster_options options);
  ~fake_cluster() override;

  // The seam.
  std::shared_ptr<management::node_client> client(const model::cluster& cluster,
                                                  const model::node_address& address) override;
  void learn(const model::cluster& cluster, const model::ring& ring) override;
  void forget(const std::string& cluster_name) override;
  task<void> close_all() override;

  // What a test does.
  /// As it would be registered: the first node is the seed.
  model::cluster registration() const;
  fake_node& node(const model::node_address& address);
  /// By position in the layout.
  fake_node& node(std::size_t index) { return *order_.at(index); }
  std::size_t size() const { return order_.size(); }
  /// A new node with random tokens; ranges move to it at once. Returns its address.
  model::node_address add_node(const std::string& datacenter, const std::string& rack);
  /// Gossip shows the node with this version from now on.
  void upgrade_node(const model::node_address& address, std::string release, int messaging_version);
  /// Decommissions: its ranges move to others at once and its process ends.
  void remove_node(const model::node_address& address);
  /// Another host takes over the tokens (replace_address): new address, new host id.
  model::node_address replace_node(const model::node_address& address);
  /// The same node, restarted with another address. Returns the new one.
  model::node_address change_address(const model::node_address& address);

  /// ALTER KEYSPACE: the ring stays the same.
  void set_replication(const std::string& keyspace, replication copies);
  void drop_keyspace(const std::string& name);

  // What a test asks.
  const repair_ledger& repaired();
  /// Everything that must not happen: two commands of ours on one replica, empty lists, ranges that
  /// are not inside one vnode range, ...
  const std::vector<std::string>& violations() const { return violations_; }
  /// How long the node took part in at least one command of ours.
  duration busy_time(const model::host_id& id);
  duration longest_busy_time();
  /// Commands of ours so far, by how they ended; `none` are those that still run.
  std::map<command_end, int> command_counts();
  /// Calls to the nodes so far, by name.
  const std::map<std::string, int>& calls() const { return calls_; }
  const fake_cluster_options& options() const { return options_; }
  model::ring ring();
  /// base::errc::not_found for an unknown keyspace.
  result<model::keyspace_ring> keyspace_ring(const std::string& keyspace);
  base::clock& clock() { return clock_; }

 private:
  friend class fake_node;
  friend class fake_client;
  friend class fake_session;

  fake_node* find(const model::node_address& address);
  fake_node* find(const model::host_id& id);
  const model::node& shown(const model::host_id& id) const;
  model::node& shown(const model::host_id& id);
  const fake_keyspace* find_keyspace(const std::string& name) const;
  /// Null for an unknown keyspace.
  const model::keyspace_ring* placed(const std::string& keyspace);
  model::node_address next_address(const std::string& like);
  void topology_changed();
  void boot(fake_node& node);
  /// Ends what has ended by now.
  void settle();
  void finish(fake_command& command, time_point when);
  /// What a node does when it is told to repair.
  std::shared_ptr<fake_command> begin(fake_node& coordinator, management::repair_request request,
                                      std::optional<std::pair<fault, loss>> suffers);
  std::string wrong_with(const fake_node& coordinator, fake_command& command);
  void check_overlap(const fake_command& command);
  /// Commands that need `id` fail when it does not come back in time.
  void doom_others(const model::host_id& id, const std::string& reason);
  void pardon_others(const model::host_id& id);
  std::optional<std::pair<fault, loss>> choose_fault(fake_node& node);
  /// Wakes every session.
  void changed();

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  fake_cluster_options options_;
  std::mt19937_64 random_;
  model::ring ring_;
  std::map<model::host_id, std::unique_ptr<fake_node>> nodes_;
  std::vector<fake_node*> order_;
  std::map<std::string, std::shared_ptr<const model::keyspace_ring>> placed_;
  std::map<model::node_address, std::shared_ptr<management::node_client>> clients_;
  std::vector<std::shared_ptr<fake_command>> live_;
  std::vector<std::string> violations_;
  std::map<model::host_id, std::vector<std::pair<time_point, time_point>>> work_;
  std::map<command_end, int> ended_;
  std::map<std::string, int> calls_;
  repair_ledger ledger_;
  std::map<std::uint64_t, base::event*> waiting_;
  std::uint64_t next_waiter_ = 0;
  int next_address_ = 1;
};

}  // namespace helenus::test
