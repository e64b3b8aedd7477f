#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "jmx/client_options.h"
#include "jmx/connection.h"
#include "jmx/object/reader_limits.h"

#include <functional>
#include <memory>

namespace helenus::jmx {

/// How streams are made: over the network, or a scripted peer in tests. `tls`: speak TLS on it.
using stream_opener =
    std::function<task<std::unique_ptr<net::stream>>(net::endpoint where, bool tls)>;

/// Over the network, as the options say; `clock` must outlive it.
stream_opener network_opener(base::clock& clock, client_options options);

/// A stream to `where` with the JRMP handshake done within `handshake_timeout`.
task<std::shared_ptr<connection>> open_connection(base::clock& clock, stream_opener open,
                                                  net::endpoint where, bool tls,
                                                  reader_limits limits,
                                                  base::clock::duration handshake_timeout);

}  // namespace helenus::jmx
