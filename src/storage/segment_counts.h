#pragma once

#include "model/repair_segment.h"

namespace helenus::storage {

/// How far a run is, without reading its segments.
struct segment_counts {
  int total = 0;
  int done = 0;
  int running = 0;        ///< started and running
  int failed_before = 0;  ///< not done, and failed at least once

  /// Counts one segment in this state.
  void add(model::segment_state state, int fail_count) { count(state, fail_count, 1); }
  /// Takes back an add() with the same arguments.
  void take_away(model::segment_state state, int fail_count) { count(state, fail_count, -1); }

  friend bool operator==(const segment_counts&, const segment_counts&) = default;

 private:
  void count(model::segment_state state, int fail_count, int sign) {
    const bool is_done = state == model::segment_state::done;
    total += sign;
    if (is_done) done += sign;
    if (!is_done && state != model::segment_state::not_started) running += sign;
    if (!is_done && fail_count > 0) failed_before += sign;
  }
};

}  // namespace helenus::storage
