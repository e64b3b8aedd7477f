#include "support/fake_cluster.h"

#include "contract/management/world.h"
#include "support/run.h"

#include <boost/asio/io_context.hpp>

namespace helenus::test {
namespace {

/// The fake cluster of the engine's tests keeps the same promises as a real one.
class fake_world final : public management_world {
 public:
  result<void> run(task<void> scene) override {
    return test::run(context_, clock_, std::move(scene), std::chrono::hours(1));
  }
  base::clock& clock() override { return clock_; }
  management::node_connector& connector() override { return nodes_; }
  model::cluster cluster() const override { return nodes_.registration(); }
  model::node_address address() const override { return nodes_.registration().seed_hosts.front(); }
  std::string keyspace() const override { return "shop"; }

 private:
  boost::asio::io_context context_;
  base::virtual_clock clock_;
  fake_cluster nodes_{context_.get_executor(), clock_, {}};
};

INSTANTIATE_TEST_SUITE_P(fake_cluster, management_contract,
                         ::testing::Values([]() -> std::unique_ptr<management_world> {
                           return std::make_unique<fake_world>();
                         }));

}  // namespace
}  // namespace helenus::test
