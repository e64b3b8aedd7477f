#pragma once

#include "base/clock.h"
#include "base/task_group.h"
#include "management/link/linked_node_client.h"
#include "management/link/options.h"
#include "management/node_connector.h"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace helenus::management::link {

/// Where a node of a cluster is reached, and what decides as whom.
using address_book =
    std::function<node_target(const model::cluster& cluster, const model::node_address& address)>;

/// The connections to all nodes of all clusters, one for each node.
class link_connector final : public node_connector {
 public:
  link_connector(boost::asio::any_io_executor executor, base::clock& clock,
                 connector_options options, address_book where,
                 std::unique_ptr<node_dialer> dialer);
  ~link_connector() override;

  std::shared_ptr<node_client> client(const model::cluster& cluster,
                                      const model::node_address& address) override;
  void learn(const model::cluster& cluster, const model::ring& ring) override;
  void forget(const std::string& cluster_name) override;
  task<void> close_all() override;

 private:
  class directory;
  using key = std::pair<std::string, model::node_address>;  // cluster name, address
  struct entry {
    std::shared_ptr<linked_node_client> client;
    model::cluster cluster;
  };

  std::shared_ptr<linked_node_client> find_or_make(const model::cluster& cluster,
                                                   const model::node_address& address);
  void learn(const std::string& cluster_name, const model::ring& ring);
  void make_anew(const key& where, const model::host_id& id);

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  connector_options options_;
  address_book where_;
  std::unique_ptr<node_dialer> dialer_;
  std::map<key, entry> entries_;
  base::task_group links_;
  bool closed_ = false;
};

}  // namespace helenus::management::link
