#pragma once

#include "base/errc.h"

namespace helenus::jmx {

/// How talking to a JMX server can fail. Each says what an operator can do about it.
enum class errc {
  refused = 1,            ///< nothing listens on that port: is the node up, is the port right
  unreachable,            ///< no route, or the network swallowed the connection
  unresolved,             ///< the host name is not known
  connect_timed_out,      ///< the TCP connection was not accepted in time
  tls_timed_out,          ///< the TLS handshake did not end in time
  handshake_timed_out,    ///< connected, but no JRMP answer came
  lookup_timed_out,       ///< the registry did not answer
  login_timed_out,        ///< newClient did not answer
  call_timed_out,         ///< an MBean call did not answer; it may have been carried out
  tls_failed,             ///< certificate, protocol or host name refused by one of the two sides
  not_jmx,                ///< something else listens there; the detail says what it looks like
  authentication_failed,  ///< user or password refused, or missing
  access_denied,          ///< logged in, but not allowed to do this
  not_bound,              ///< the registry knows no JMX server (yet)
  no_such_object,         ///< the server forgot this session: log in again
  no_such_mbean,          ///< no MBean of that name is registered
  remote_exception,  ///< the call was carried out and threw; class and message are in the reply
  limit_exceeded,    ///< the answer is larger or deeper than we accept
  malformed,         ///< the bytes are not what the protocol says
  closed,            ///< the peer closed the connection
  wrong_type,        ///< a value is of another Java type than expected
  invalid_name,      ///< not the text of an ObjectName
  server_restarted,  ///< the notification sequence began anew
};

const base::category& category() noexcept;
boost::system::error_code make_error_code(errc value) noexcept;

}  // namespace helenus::jmx

template <>
struct boost::system::is_error_code_enum<helenus::jmx::errc> : std::true_type {};
