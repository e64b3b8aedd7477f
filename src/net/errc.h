#pragma once

#include "base/errc.h"

namespace helenus::net {

/// Why a connection could not be made or did not last.
enum class errc {
  refused = 1,         ///< a host answers, nobody listens on the port
  unreachable,         ///< no route, or a router or firewall said no
  connect_timed_out,   ///< no answer to the connection request in time
  name_not_found,      ///< the host name does not exist
  name_lookup_failed,  ///< the name service did not answer
  no_permission,       ///< the system forbids it (local firewall, privileged port)
  too_many_files,      ///< no file descriptor is left
  closed_by_peer,      ///< the peer ended the connection in an orderly way
  connection_lost,     ///< the connection broke: reset, or no answer to keep-alive probes
  closed,              ///< our side closed the stream
  not_tls,             ///< the peer does not speak TLS on this port
  tls_untrusted,       ///< the peer's certificate is not signed by a trusted authority, or expired
  tls_wrong_name,      ///< the certificate is trusted but issued for another name
  tls_rejected,        ///< the peer refused the handshake, often for want of our certificate
  tls_failed,          ///< any other failure of the TLS layer
  tls_handshake_timed_out,  ///< connected, but the handshake did not end in time
  certificate_unreadable,   ///< a certificate, key or CA file is missing or not PEM
};

const base::category& category() noexcept;
boost::system::error_code make_error_code(errc value) noexcept;

}  // namespace helenus::net

template <>
struct boost::system::is_error_code_enum<helenus::net::errc> : std::true_type {};
