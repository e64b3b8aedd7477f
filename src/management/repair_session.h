#pragma once

#include "base/task.h"
#include "model/repair_event.h"
#include "model/repair_segment.h"

namespace helenus::management {

/// One repair command on one node, whatever the transport.
///
/// Contract: between start and close no event of this command is dropped or repeated, unless an
/// event says events_lost. Events that came before the number was known are included; those of
/// other commands never are. While events are lost or silent the session asks the node by itself
/// and delivers command_answer; `unknown` is delivered as such and is the caller's to judge. Not
/// thread safe; one caller in next() at a time.
class repair_session {
 public:
  virtual ~repair_session() = default;
  /// The command. Number 0: the node has nothing to repair and no event will come.
  virtual model::command_reference command() const = 0;
  /// The next event; waits for it. Cancellation loses nothing. An error means that the node can not
  /// be reached now; calling again goes on trying.
  virtual task<model::repair_event> next() = 0;
  /// Asks the node for the command's state now.
  virtual task<model::command_answer> ask() = 0;
  /// Stops listening, not the repair. The destructor does no I/O.
  virtual task<void> close() = 0;
};

}  // namespace helenus::management
