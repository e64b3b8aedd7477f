#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "net/endpoint.h"
#include "net/stream.h"
#include "net/tls_context.h"

#include <memory>
#include <string>
#include <vector>

namespace helenus::net {

/// Connects by TCP within `timeout`, name lookup included, on the executor of the caller. Of a name
/// with several addresses each is tried in turn with its share of the time. The stream has
/// TCP_NODELAY and keep-alive probes on, so that a vanished peer is noticed within about a minute.
/// Errors: refused, unreachable, connect_timed_out, name_not_found, name_lookup_failed,
/// no_permission, too_many_files.
task<std::unique_ptr<stream>> connect(base::clock& clock, endpoint peer,
                                      base::clock::duration timeout);

/// The addresses of a name, or the address itself. Errors: name_not_found, name_lookup_failed.
task<std::vector<std::string>> addresses_of(base::clock& clock, std::string host,
                                            base::clock::duration timeout);

/// As connect(), then a TLS handshake within `handshake_timeout`.
/// Further errors: not_tls, tls_untrusted, tls_wrong_name, tls_rejected, tls_failed,
/// tls_handshake_timed_out. With TLS 1.3 a server that wants a certificate we do not have says so
/// only at the first read.
task<std::unique_ptr<stream>> connect_tls(base::clock& clock, endpoint peer,
                                          std::shared_ptr<const tls_context> context,
                                          base::clock::duration timeout,
                                          base::clock::duration handshake_timeout);

}  // namespace helenus::net
