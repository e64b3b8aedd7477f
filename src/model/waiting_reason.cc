#include "model/waiting_reason.h"

#include "base/assert.h"

namespace helenus::model {

std::string_view to_string(waiting_for what) {
  switch (what) {
    case waiting_for::turn:
      return "turn";
    case waiting_for::replica_busy:
      return "replica_busy";
    case waiting_for::pacing:
      return "pacing";
    case waiting_for::pending_compactions:
      return "pending_compactions";
    case waiting_for::node_down:
      return "node_down";
    case waiting_for::node_unreachable:
      return "node_unreachable";
    case waiting_for::other_repair:
      return "other_repair";
    case waiting_for::retry_delay:
      return "retry_delay";
    case waiting_for::run_paused:
      return "run_paused";
    case waiting_for::run_limit:
      return "run_limit";
    case waiting_for::topology_change:
      return "topology_change";
    case waiting_for::node_answer:
      return "node_answer";
    case waiting_for::storage:
      return "storage";
    case waiting_for::cluster_unreachable:
      return "cluster_unreachable";
    case waiting_for::mixed_versions:
      return "mixed_versions";
    case waiting_for::other_instance:
      return "other_instance";
    case waiting_for::whole_node:
      return "whole_node";
  }
  HELENUS_ASSERT(false);
}

}  // namespace helenus::model
