#pragma once

#include "contract/management/world.h"
#include "management/http/options.h"
#include "management/jmx/options.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace helenus::test {

/// The real cluster that HELENUS_TEST_NODES, _PIDS, _KEYSPACE, _VERSION and _CLUSTER describe, and
/// where its nodes want that HELENUS_TEST_JMX_USER, _PASSWORD and _CA. With HELENUS_TEST_MANAGEMENT
/// "http" its nodes have a management API.
struct lab_facts {
  std::vector<std::string> addresses;
  std::vector<int> pids;
  std::string keyspace;
  std::string version;
  std::string cluster_name;
  management::jmx::jmx_management_options options;  ///< the way in

  static const lab_facts& get();
  bool knows_outcomes() const { return !version.starts_with("3."); }
};

class real_world final : public management_world {
 public:
  explicit real_world(management::jmx::jmx_management_options options = lab_facts::get().options);
  explicit real_world(management::http::http_management_options options);

  result<void> run(task<void> scene) override;
  base::clock& clock() override { return clock_; }
  management::node_connector& connector() override { return *connector_; }
  model::cluster cluster() const override;
  model::node_address address() const override { return lab_facts::get().addresses.front(); }
  std::string keyspace() const override { return lab_facts::get().keyspace; }
  bool knows_outcomes() const override { return lab_facts::get().knows_outcomes(); }
  bool hears_beginnings() const override { return hears_beginnings_; }

  base::clock::duration limit = std::chrono::seconds(90);  ///< of a scene

  boost::asio::io_context& context() { return context_; }

 private:
  boost::asio::io_context context_;
  base::real_clock clock_;
  std::unique_ptr<management::node_connector> connector_;
  bool hears_beginnings_ = true;
};

/// Stops a node's process for a while (SIGSTOP), so that a repair it takes part in hangs. Goes on
/// at the latest when this dies.
class frozen_node {
 public:
  explicit frozen_node(std::size_t index);
  ~frozen_node();
  frozen_node(const frozen_node&) = delete;
  frozen_node& operator=(const frozen_node&) = delete;
  void freeze();
  void thaw();

 private:
  int pid_;
};

}  // namespace helenus::test
