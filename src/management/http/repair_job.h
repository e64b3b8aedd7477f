#pragma once

#include "base/result.h"
#include "management/link/progress_event.h"
#include "model/repair_event.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// A repair command as the management API keeps it (com.datastax.mgmtapi.util.Job).
namespace helenus::management::http {

/// One thing that the node said about the command.
struct status_change {
  std::string status;  ///< START, ERROR, ABORT, SUCCESS, COMPLETE: of Cassandra's ProgressEventType
  std::int64_t time_ms = 0;
  std::string message;
};

struct repair_job {
  std::string status;             ///< WAITING, COMPLETED, ERROR
  std::int64_t submitted_ms = 0;  ///< by the clock of the node
  std::string error;
  std::vector<status_change> changes;  ///< the oldest first
};

/// Reads the answer of /api/v0/ops/executor/job. Some servers give the changes as a list, some as a
/// text that contains the list. Errors: unexpected_answer.
result<repair_job> read_job(std::string_view json);

/// The number in "repair-17". Errors: unexpected_answer.
result<std::int32_t> command_of_job(std::string_view id);

/// What the job proves. The completion overwrites an error in the job's own status, and older
/// servers do not list errors, so only a listed success without any error is one.
model::command_answer state_of(const repair_job& job);

/// Whether nothing will be added to the job.
bool has_ended(const repair_job& job);

/// What was said from the change `first` on, as the events that JMX clients get.
std::vector<link::progress_event> events_of(const repair_job& job, std::int32_t command,
                                            std::size_t first);

}  // namespace helenus::management::http
