#pragma once

#include "base/result.h"
#include "management/node_client.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

/// Everything in which the versions of Cassandra differ for us stands in quirks.h and quirks.cc.
namespace helenus::management::link {

/// A version of Cassandra as far as it matters here.
struct release {
  int major = 0;
  int minor = 0;
  friend auto operator<=>(const release&, const release&) = default;
};

/// Reads the leading numbers of "4.1.7", "5.0.2-SNAPSHOT", "6.0-alpha2", "4.0.0.6816".
result<release> parse_release(std::string_view text);

/// What one version can do, and what it does by surprise.
struct quirks {
  release version;
  /// getParentRepairStatus tells how a command ended. Without it only an MBean that exists while
  /// the command runs can be seen, so that an ended command's outcome is not known.
  bool parent_repair_status = false;
  /// A repair can be incremental and limited to ranges; 3.11 repairs such ranges without marking
  /// anything as repaired, which is neither of the two.
  bool incremental_ranges = false;
  /// Knows the option repairPaxos. Unknown options are ignored, so nothing warns a caller.
  bool paxos_repair = false;
  /// Terminating a repair leaves its validations running on every replica.
  bool validations_outlive_termination = false;
};

/// Errors: unsupported, for versions before 3.11 and text without a version.
result<quirks> quirks_of(std::string_view release_version);

/// Whether a request makes sense for this version. Errors: invalid_argument for an empty or
/// senseless one, unsupported for what the version can not do.
result<void> check_request(const repair_request& request, const quirks& version);

/// Cassandra's name for how the replicas of a request are repaired (RepairParallelism).
std::string_view parallelism_text(const repair_request& request);

/// Whether the text of a progress event says that a session failed. 3.11 says it so, long before
/// its error event, which then has no reason; later versions use an error event at once.
bool is_session_failure(std::string_view text);
/// Whether the text of a completion says that the command failed. 3.11 says so only of commands it
/// refused at the beginning.
bool completed_with_error(std::string_view text);

}  // namespace helenus::management::link
