#pragma once

#include "base/clock.h"
#include "base/event.h"
#include "base/task.h"
#include "repair/repair_options.h"
#include "repair/storage_gate.h"
#include "storage/segment_store.h"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <optional>

namespace helenus::repair {

/// Keeps one segment's stored row equal to what is known about it. The newest truth wins: what was
/// not yet written when something newer became known is skipped. Storage that fails is tried again
/// until it works.
class segment_keeper {
 public:
  segment_keeper(boost::asio::any_io_executor executor, base::clock& clock,
                 storage::segment_store& store, storage_gate& gate, const repair_options& options);

  /// `row.stored` is the version that was read or written last. What is kept from now on is of the
  /// attempt that `row` tells of.
  void begin(const model::repair_segment& row);
  void keep(model::repair_segment row);
  /// Writes until cancelled. One caller.
  task<void> run();
  bool lost() const { return lost_; }
  bool is_settled() const { return !wanted_ && !writing_; }
  /// Called on the io thread after each write, and once when the row is lost.
  std::function<void(const model::repair_segment&)> on_stored;
  std::function<void()> on_lost;
  std::function<void()> on_settled;  ///< after everything that was asked for is stored

 private:
  /// Which coordinator an attempt was claimed for, and when.
  struct attempt {
    std::optional<model::node_address> coordinator;
    std::optional<model::wall_time> start_time;
    bool operator==(const attempt&) const = default;
  };
  static attempt attempt_of(const model::repair_segment& row) {
    return {row.coordinator, row.start_time};
  }

  task<void> write(model::repair_segment row);
  bool is_ours(const model::repair_segment& found, const model::repair_segment& row) const;
  void give_up();

  base::clock& clock_;
  storage::segment_store& store_;
  storage_gate& gate_;
  const repair_options& options_;
  base::event dirty_;
  std::optional<model::repair_segment> wanted_;
  model::version stored_ = 0;
  attempt attempt_;
  bool writing_ = false;
  bool lost_ = false;
};

}  // namespace helenus::repair
