#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "management/node_connector.h"
#include "model/cluster.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace helenus::test {

/// A cluster behind some implementation of the management seam, real or not. It has a keyspace with
/// at least one table and one replica of everything on every node, and nobody else repairs it.
class management_world {
 public:
  virtual ~management_world() = default;
  /// Runs `scene` to its end.
  virtual result<void> run(task<void> scene) = 0;
  virtual base::clock& clock() = 0;  ///< of scenes
  virtual management::node_connector& connector() = 0;
  virtual model::cluster cluster() const = 0;
  virtual model::node_address address() const = 0;  ///< of the node that is asked
  virtual std::string keyspace() const = 0;
  /// Whether a node can tell how a command ended (not 3.11).
  virtual bool knows_outcomes() const { return true; }
  /// Whether the start of a command is always heard. The management API begins to listen only when
  /// it has the command's number.
  virtual bool hears_beginnings() const { return true; }

  std::shared_ptr<management::node_client> client() {
    return connector().client(cluster(), address());
  }
};

/// What every implementation of the seam must do. Instantiate it with a factory.
class management_contract
    : public ::testing::TestWithParam<std::function<std::unique_ptr<management_world>()>> {
 protected:
  void SetUp() override { world = GetParam()(); }
  void run(task<void> scene) {
    const auto outcome = world->run(std::move(scene));
    EXPECT_TRUE(outcome.has_value()) << outcome.error().message();
  }

  std::unique_ptr<management_world> world;
};

/// All tables and the first `count` ranges of the world's keyspace.
task<management::repair_request> some_ranges(management_world& world, std::size_t count);
/// Events until a command_completed that follows or is followed by its outcome, or an answer.
task<std::vector<model::repair_event>> events_to_the_end(management::repair_session& session);

template <class Event>
std::size_t count_of(const std::vector<model::repair_event>& events) {
  std::size_t count = 0;
  for (const auto& event : events) count += std::holds_alternative<Event>(event) ? 1U : 0U;
  return count;
}

}  // namespace helenus::test
