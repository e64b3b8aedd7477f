#include "management/errc.h"

namespace helenus::management {
namespace {

constexpr base::errc_entry table[] = {
    {int(errc::node_unreachable), true, "node unreachable"},
    {int(errc::authentication_failed), false, "authentication failed"},
    {int(errc::tls_failed), false, "TLS failed"},
    {int(errc::not_a_node), false, "not a Cassandra management interface"},
    {int(errc::wrong_node), false, "another node answered"},
    {int(errc::connection_lost), true, "connection lost"},
    {int(errc::call_timed_out), true, "the node did not answer in time"},
    {int(errc::unknown_keyspace), false, "unknown keyspace"},
    {int(errc::refused_by_node), false, "refused by the node"},
    {int(errc::unsupported), false, "not supported by this version of Cassandra"},
    {int(errc::unexpected_answer), false, "unexpected answer"},
    {int(errc::start_uncertain), true, "the node may have begun the repair or not"},
};

}  // namespace

const base::category& category() noexcept {
  static const base::table_category instance("management", table);
  return instance;
}

boost::system::error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), category()};
}

}  // namespace helenus::management
