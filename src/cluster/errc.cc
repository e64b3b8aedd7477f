#include "cluster/errc.h"

namespace helenus::cluster {
namespace {

constexpr base::errc_entry table[] = {
    {int(errc::unknown_cluster), false, "no cluster with this name is registered"},
    {int(errc::unreachable), true, "no node of the cluster answers"},
    {int(errc::wrong_cluster), false, "the node belongs to another cluster"},
    {int(errc::empty_ring), true, "the ring has no tokens"},
    {int(errc::in_use), false, "repair runs or schedules refer to the cluster"},
};

}  // namespace

const base::category& category() noexcept {
  static const base::table_category instance("helenus.cluster", table);
  return instance;
}

boost::system::error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), category()};
}

}  // namespace helenus::cluster
