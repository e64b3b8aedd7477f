#pragma once

#include "base/clock.h"
#include "deployment/coordination.h"
#include "deployment/lease_book.h"
#include "storage/backend.h"

#include <map>
#include <optional>
#include <vector>

namespace helenus::deployment {

/// Others may work on the same state: leases on the nodes of a run, signs of life and leadership
/// through storage, as Reaper does it.
class shared final : public coordination {
 public:
  /// `storage` has leases() and instances(), and outlives it.
  shared(base::clock& clock, storage::backend& storage, storage::instance who);

  bool is_alone() const override { return false; }
  task<storage::lease_answer> acquire(storage::node_lease what, rest_of_nodes rest) override;
  void inherit(storage::node_lease what) override;
  bool hand_over(model::segment_id segment) override { return book_.hand_over(segment); }
  task<void> release(model::segment_id segment) override;
  void on_lost(std::function<void(model::segment_id, lease_loss)> listener) override {
    lost_ = std::move(listener);
  }
  task<std::set<model::segment_id>> worked_on_elsewhere(model::run_id run) override;
  task<std::vector<storage::held_node>> held_elsewhere(model::run_id run) override;
  bool sees_others() const override { return !leads() || others_alive_; }
  bool leads() const override;
  task<void> join() override;
  task<void> run() override;
  task<void> leave() override;

 private:
  using handed_nodes = std::vector<storage::handed_node>;

  handed_nodes left_behind(const storage::lease_answer& answer) const;
  task<void> free(storage::node_lease what);
  /// Tells that an outage of them is over.
  void leases_are_stored();
  task<void> beat();
  task<void> look_who_leads();
  task<void> renew(storage::node_lease what);
  task<void> take_again(storage::node_lease what);
  task<void> lose(storage::node_lease what);

  base::clock& clock_;
  storage::lease_store& leases_;
  storage::instance_store& instances_;
  storage::instance who_;
  lease_book book_;
  std::map<model::segment_id, base::clock::time_point> inherited_;  ///< until when they may be
  std::function<void(model::segment_id, lease_loss)> lost_;
  std::size_t not_given_back_ = 0;     ///< since leases could not be stored; 0: they can
  std::optional<model::uuid> leader_;  ///< as it was seen last
  bool others_alive_ = false;          ///< when it was seen that this one leads
  base::clock::time_point next_beat_{};
  base::clock::time_point next_look_{};
};

}  // namespace helenus::deployment
