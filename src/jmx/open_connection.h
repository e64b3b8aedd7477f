#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "jmx/client_options.h"
#include "jmx/connection.h"
#include "jmx/object/reader_limits.h"

#include <memory>

namespace helenus::jmx {

/// A socket to `where`, with the JRMP handshake done: TCP, TLS when `tls` (errc::tls_failed when
/// the options have no certificates for it), handshake, each within its own time of
/// `options.timeouts`.
task<std::shared_ptr<connection>> open_connection(base::clock& clock, client_options options,
                                                  net::endpoint where, bool tls,
                                                  reader_limits limits);

}  // namespace helenus::jmx
