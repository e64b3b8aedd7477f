#pragma once

#include "base/errc.h"

namespace helenus::cluster {

/// What can go wrong with a cluster as a whole.
enum class errc {
  unknown_cluster = 1,  ///< no cluster with this name is registered
  unreachable,          ///< no node of the cluster answers; the detail names the last failure
  wrong_cluster,        ///< the seed belongs to another cluster than the one named
  empty_ring,           ///< the node that was asked knows no tokens
  in_use,               ///< runs or schedules refer to the cluster
};

const base::category& category() noexcept;
boost::system::error_code make_error_code(errc value) noexcept;

}  // namespace helenus::cluster

template <>
struct boost::system::is_error_code_enum<helenus::cluster::errc> : std::true_type {};
