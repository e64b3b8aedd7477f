#pragma once

#include "base/task.h"
#include "support/fake_cluster.h"

#include <cstdint>
#include <string>
#include <vector>

namespace helenus::test {

/// What a storm may do to a cluster. Each kind of blow falls with equal probability.
struct chaos_options {
  std::uint64_t seed = 1;
  int blows = 50;
  duration between = std::chrono::seconds(40);  ///< on average, from blow to blow
  duration longest = std::chrono::minutes(2);   ///< of what ends by itself
  bool restarts = true;
  bool pauses = true;
  bool cuts = true;
  bool command_faults = true;
  bool slow_calls = true;
  bool pending_compactions = true;
  bool topology = false;
};

/// Strikes a cluster at random and mends what it broke: when it ends, every node is well. The same
/// seed strikes the same way. `history` receives one line per blow, for the message of a failure.
task<void> strike(fake_cluster& cluster, chaos_options options, std::vector<std::string>& history);

}  // namespace helenus::test
