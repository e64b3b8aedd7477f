#pragma once

#include "base/errc.h"

namespace helenus::repair {

/// Why a repair can not be planned, started or changed.
enum class errc {
  unknown_run = 1,     ///< no such run
  unknown_segment,     ///< the run has no such segment
  unknown_keyspace,    ///< the cluster has no such keyspace
  unknown_table,       ///< the keyspace has no such table; the detail names it
  unknown_datacenter,  ///< no replica of the keyspace is in the datacenter that was named
  unknown_node,        ///< no replica of the keyspace has the address that was named
  nothing_to_repair,   ///< no table or no range is left after exclusions, or nothing is replicated
  invalid_request,     ///< a value is outside what is accepted; the detail says which
  unsupported,         ///< this version of Cassandra or of Helenus can not do that
  illegal_transition,  ///< the run's state does not allow it
  unit_busy,           ///< another run of the same unit is running
  scheduled,           ///< a schedule repairs one of the tables with other settings
  wrong_owner,         ///< the run belongs to somebody else
  still_running,       ///< segments of the run are still being repaired
  ring_inconsistent,   ///< what the node says about the ring contradicts itself
  mixed_versions,      ///< nodes of versions that do not stream to each other
  stopping,            ///< Helenus is shutting down
};

const base::category& category() noexcept;
boost::system::error_code make_error_code(errc value) noexcept;

}  // namespace helenus::repair

template <>
struct boost::system::is_error_code_enum<helenus::repair::errc> : std::true_type {};
