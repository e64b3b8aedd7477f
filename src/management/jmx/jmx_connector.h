#pragma once

#include "base/clock.h"
#include "base/task_group.h"
#include "management/jmx/jmx_node_client.h"
#include "management/jmx/options.h"
#include "management/node_connector.h"

#include <boost/asio/any_io_executor.hpp>

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace helenus::management::jmx {

/// The connections to all nodes of all clusters, one for each node.
class jmx_connector final : public node_connector {
 public:
  /// `dialer` is make_jmx_dialer() in the product and a scripted one in tests.
  jmx_connector(boost::asio::any_io_executor executor, base::clock& clock,
                jmx_management_options options, std::unique_ptr<node_dialer> dialer);
  ~jmx_connector() override;

  std::shared_ptr<node_client> client(const model::cluster& cluster,
                                      const model::node_address& address) override;
  void learn(const model::cluster& cluster, const model::ring& ring) override;
  task<void> close_all() override;

 private:
  class directory;
  using key = std::pair<std::string, model::node_address>;  // cluster name, address
  struct entry {
    std::shared_ptr<jmx_node_client> client;
    model::cluster cluster;
  };

  std::shared_ptr<jmx_node_client> find_or_make(const model::cluster& cluster,
                                                const model::node_address& address);
  void learn(const std::string& cluster_name, const model::ring& ring);

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  jmx_management_options options_;
  std::unique_ptr<node_dialer> dialer_;
  std::map<key, entry> entries_;
  base::task_group links_;
  bool closed_ = false;
};

/// Where a node of a cluster is reached, and what decides as whom.
node_target target_of(const jmx_management_options& options, const model::cluster& cluster,
                      const model::node_address& address);

}  // namespace helenus::management::jmx
