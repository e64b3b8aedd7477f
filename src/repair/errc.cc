#include "repair/errc.h"

namespace helenus::repair {
namespace {

constexpr base::errc_entry table[] = {
    {int(errc::unknown_run), false, "no such repair run"},
    {int(errc::unknown_segment), false, "the run has no such segment"},
    {int(errc::unknown_keyspace), false, "the cluster has no such keyspace"},
    {int(errc::unknown_table), false, "the keyspace has no such table"},
    {int(errc::unknown_datacenter), false, "no replica is in this datacenter"},
    {int(errc::unknown_node), false, "no replica has this address"},
    {int(errc::nothing_to_repair), false, "there is nothing to repair"},
    {int(errc::invalid_request), false, "a value is not accepted"},
    {int(errc::unsupported), false, "not supported"},
    {int(errc::illegal_transition), false, "the state of the run does not allow it"},
    {int(errc::unit_busy), false, "another run of the same unit is running"},
    {int(errc::scheduled), false, "a schedule repairs the same"},
    {int(errc::wrong_owner), false, "the run belongs to another owner"},
    {int(errc::still_running), true, "segments of the run are still being repaired"},
    {int(errc::ring_inconsistent), true, "the ring as reported contradicts itself"},
    {int(errc::mixed_versions), true, "the cluster is being upgraded"},
    {int(errc::stopping), true, "Helenus is shutting down"},
};

}  // namespace

const base::category& category() noexcept {
  static const base::table_category instance("helenus.repair", table);
  return instance;
}

boost::system::error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), category()};
}

}  // namespace helenus::repair
