#pragma once

#include "base/clock.h"
#include "cluster/node_health.h"
#include "model/waiting_reason.h"

#include <chrono>
#include <optional>
#include <string>

namespace helenus::repair {

/// Whether a node may take part in a repair now.
struct node_gate {
  bool open = false;
  model::waiting_for what = model::waiting_for::node_unreachable;  ///< why not
  std::string detail = "the node has not been looked at yet";
  base::clock::time_point next_look{};
};

struct gate_options {
  int max_pending_compactions = 20;
  base::clock::duration sample_age = std::chrono::seconds(20);
  base::clock::duration sample_interval = std::chrono::seconds(5);
};

/// What the last sample of a node (null: none) means for it. Pure.
node_gate judge_node(const cluster::node_sample* sample, base::clock::time_point now,
                     const gate_options& options);

}  // namespace helenus::repair
