#pragma once

#include "base/result.h"

namespace helenus::jmx {

/// A failure of the network (net::errc) as one of the session (jmx::errc), with its detail. What is
/// ours already stays as it is.
error from_network(error failure);

/// Whether the failure is the connection's rather than an answer of the server.
bool is_lost_connection(const error& failure) noexcept;

}  // namespace helenus::jmx
