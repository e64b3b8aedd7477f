#include "repair/dispatch/gate_rule.h"

namespace helenus::repair {

node_gate judge_node(const cluster::node_sample* sample, base::clock::time_point now,
                     const gate_options& options) {
  using model::waiting_for;
  node_gate gate;
  gate.next_look = now + options.sample_interval;
  if (!sample) return gate;
  if (!sample->alive) {
    gate.what = waiting_for::node_down;
    gate.detail = "the other nodes see it as down";
    return gate;
  }
  if (!sample->pending_compactions) {
    gate.detail = sample->failure.empty() ? "it does not answer" : sample->failure;
    return gate;
  }
  if (now - sample->taken > options.sample_age) {
    gate.detail = "its last sign of life is too old";
    return gate;
  }
  if (*sample->pending_compactions > options.max_pending_compactions) {
    gate.what = waiting_for::pending_compactions;
    gate.detail = std::to_string(*sample->pending_compactions) + " pending compactions, " +
                  std::to_string(options.max_pending_compactions) + " are allowed";
    return gate;
  }
  gate.open = true;
  gate.detail.clear();
  return gate;
}

}  // namespace helenus::repair
