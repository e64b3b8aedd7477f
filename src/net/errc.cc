#include "net/errc.h"

namespace helenus::net {
namespace {

constexpr base::errc_entry table[] = {
    {int(errc::refused), true, "connection refused: nobody listens on the port"},
    {int(errc::unreachable), true, "host unreachable"},
    {int(errc::connect_timed_out), true, "no answer to the connection request"},
    {int(errc::name_not_found), false, "the host name is not known; check the spelling or DNS"},
    {int(errc::name_lookup_failed), true, "the name service did not answer"},
    {int(errc::no_permission), false, "the system does not permit the connection"},
    {int(errc::too_many_files), true, "too many open files; raise the limit of the process"},
    {int(errc::closed_by_peer), true, "the peer closed the connection"},
    {int(errc::connection_lost), true, "the connection was lost"},
    {int(errc::closed), false, "the connection is closed"},
    {int(errc::not_tls), false, "the peer does not speak TLS on this port"},
    {int(errc::tls_untrusted), false, "the peer's certificate is not trusted; check the CA file"},
    {int(errc::tls_wrong_name), false, "the peer's certificate is for another name"},
    {int(errc::tls_rejected), false,
     "the peer refused the TLS handshake; it may want a client certificate"},
    {int(errc::tls_failed), false, "TLS failed"},
    {int(errc::tls_handshake_timed_out), true, "the TLS handshake took too long"},
    {int(errc::certificate_unreadable), false, "a certificate or key file cannot be used"},
};

}  // namespace

const base::category& category() noexcept {
  static const base::table_category instance("net", table);
  return instance;
}

boost::system::error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), category()};
}

}  // namespace helenus::net
