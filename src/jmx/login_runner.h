#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "jmx/client_options.h"
#include "jmx/connection.h"
#include "jmx/remote/login_machine.h"

#include <functional>
#include <memory>

namespace helenus::jmx {

/// A session and one socket that is ready for its calls.
struct login_outcome {
  session opened;
  std::shared_ptr<connection> socket;
};

/// How the runner gets its sockets: open_connection, or a scripted peer in tests.
using connection_opener = std::function<task<std::shared_ptr<connection>>(
    net::endpoint where, bool tls, reader_limits limits)>;

/// From an address to a session: connects to the registry, looks the JMX server up, changes to its
/// port where that is another one, logs in. Drives login_machine. `options` and `open` must outlive
/// the task.
task<login_outcome> log_in(const client_options& options, const connection_opener& open);

/// The limits of answers once the server knows us.
reader_limits limits_after_login(const client_options& options);

}  // namespace helenus::jmx
