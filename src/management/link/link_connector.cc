#include "management/link/link_connector.h"

#include "base/log.h"

#include <vector>

namespace helenus::management::link {
namespace {

bool has_same_login(const model::cluster& left, const model::cluster& right) {
  return left.jmx_username == right.jmx_username &&
         left.jmx_password.reveal() == right.jmx_password.reveal();
}

task<void> keep_alive(std::shared_ptr<node_link> link) { co_return co_await link->run(); }

}  // namespace

/// The nodes of one cluster. Lives in the connector's clients, so not longer than the connector is
/// used.
class link_connector::directory final : public node_directory {
 public:
  directory(link_connector& connector, model::cluster cluster)
      : connector_(connector), cluster_(std::move(cluster)) {}

  std::shared_ptr<node_link> link_to(const model::node_address& address) override {
    return connector_.find_or_make(cluster_, address)->link();
  }
  void learnt(const model::ring& ring) override { connector_.learn(cluster_.name, ring); }

 private:
  link_connector& connector_;
  model::cluster cluster_;
};

link_connector::link_connector(boost::asio::any_io_executor executor, base::clock& clock,
                               connector_options options, address_book where,
                               std::unique_ptr<node_dialer> dialer)
    : executor_(executor),
      clock_(clock),
      options_(options),
      where_(std::move(where)),
      dialer_(std::move(dialer)),
      links_(executor) {}

link_connector::~link_connector() = default;

std::shared_ptr<node_client> link_connector::client(const model::cluster& cluster,
                                                    const model::node_address& address) {
  return find_or_make(cluster, address);
}

std::shared_ptr<linked_node_client> link_connector::find_or_make(
    const model::cluster& cluster, const model::node_address& address) {
  auto target = where_(cluster, address);
  auto& known = entries_[{cluster.name, address}];
  // Who registers a cluster has to know the password: the connection of another one who did proves
  // nothing.
  if (known.client && cluster.name.empty() && !has_same_login(known.cluster, cluster)) {
    known.client->link()->retire("another connection takes its place");
    known.client.reset();
  }
  if (known.client) {
    // The cluster's port or user may have been changed since.
    known.cluster = cluster;
    known.client->link()->set_target(std::move(target));
    return known.client;
  }
  auto link = std::make_shared<node_link>(executor_, clock_, *dialer_, options_.link, cluster.name,
                                          std::move(target));
  if (closed_) link->close();
  known.cluster = cluster;
  known.client = std::make_shared<linked_node_client>(
      link, std::make_unique<directory>(*this, cluster), options_.patience, options_.repair_paxos);
  if (!closed_) links_.spawn("link to " + address, keep_alive(std::move(link)));
  return known.client;
}

void link_connector::learn(const model::cluster& cluster, const model::ring& ring) {
  learn(cluster.name, ring);
}

void link_connector::learn(const std::string& cluster_name, const model::ring& ring) {
  if (cluster_name.empty()) return;  // to be registered: any node may answer, and another one later
  std::map<model::host_id, model::node_address> addresses;
  for (const auto& node : ring.nodes) {
    if (node.id) addresses[*node.id] = node.address;
  }
  for (const auto& [id, address] : addresses) {
    const auto known = entries_.find({cluster_name, address});
    if (known == entries_.end()) continue;
    const auto& link = *known->second.client->link();
    // Who answers is there, although some nodes tell of a new one before others do.
    const bool stays = known->second.client->link()->expect(id) || link.is_open();
    if (!stays && !addresses.contains(*link.id())) make_anew(known->first, id);
  }
  std::vector<std::pair<key, model::node_address>> moved;
  for (const auto& [where, known] : entries_) {
    const auto& id = known.client->link()->id();
    if (where.first != cluster_name || !id) continue;
    const auto now = addresses.find(*id);
    if (now != addresses.end() && now->second != where.second) {
      moved.emplace_back(where, now->second);
    }
  }
  // Nodes may have changed places, so all leave before the first arrives.
  std::vector<decltype(entries_)::node_type> arriving;
  for (const auto& [where, address] : moved) {
    base::log_info("management", "a node has another address now",
                   {{"cluster", cluster_name}, {"from", where.second}, {"to", address}});
    auto known = entries_.extract(where);
    known.mapped().client->link()->set_target(where_(known.mapped().cluster, address));
    known.key().second = address;
    arriving.push_back(std::move(known));
  }
  // Dropped when another client stands there already, as for the name of a service.
  for (auto& known : arriving) entries_.insert(std::move(known));
}

/// The node was replaced by another one at its address: what ran on it is gone with it.
void link_connector::make_anew(const key& where, const model::host_id& id) {
  const auto& [cluster_name, address] = where;
  auto former = std::exchange(entries_.at(where).client, nullptr);
  base::log_info("management", "another node has the address of a former one",
                 {{"cluster", cluster_name},
                  {"address", address},
                  {"node", id.value().to_string()},
                  {"former", former->link()->id()->value().to_string()}});
  former->link()->retire("another node has its address");
  const auto cluster = entries_.at(where).cluster;
  find_or_make(cluster, address)->link()->expect(id);
}

void link_connector::forget(const std::string& cluster_name) {
  std::erase_if(entries_, [&cluster_name](const auto& entry) {
    const bool is_of_it = entry.first.first == cluster_name;
    if (is_of_it) entry.second.client->link()->retire("its cluster is not registered any more");
    return is_of_it;
  });
}

task<void> link_connector::close_all() {
  closed_ = true;
  links_.cancel();
  CO_TRY_VOID(co_await links_.join());
  entries_.clear();
  co_return result<void>{};
}

}  // namespace helenus::management::link
