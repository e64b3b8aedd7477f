#pragma once

#include "deployment/coordination.h"

namespace helenus::deployment {

/// Nobody else works on the state.
class solo final : public coordination {
 public:
  bool is_alone() const override { return true; }
  task<storage::lease_answer> acquire(storage::node_lease what, rest_of_nodes rest) override;
  void inherit(storage::node_lease) override {}
  bool hand_over(model::segment_id) override { return false; }
  task<void> release(model::segment_id segment) override;
  void on_lost(std::function<void(model::segment_id, lease_loss)>) override {}
  task<std::set<model::segment_id>> worked_on_elsewhere(model::run_id run) override;
  task<std::vector<storage::held_node>> held_elsewhere(model::run_id run) override;
  bool sees_others() const override { return false; }
  bool leads() const override { return true; }
  task<void> join() override;
  task<void> run() override;
  task<void> leave() override;
};

}  // namespace helenus::deployment
