#pragma once

#include "base/blocking_pool.h"
#include "base/task.h"
#include "net/tls_context.h"

#include <memory>
#include <string>
#include <utility>

namespace helenus::app {

/// The certificates of JMX over TLS. Their files are looked at whenever a connection is about to be
/// made, so that renewed ones are used without a restart. Io thread only; must outlive the calls.
class jmx_certificates {
 public:
  explicit jmx_certificates(net::tls_client_options files) : files_(std::move(files)) {}

  /// As they are now, read again when a file has changed. Changed ones that cannot be used are told
  /// in the log, once, and the last good ones are given: they may be in the middle of being
  /// written. Errors: certificate_unreadable, as long as there were no good ones.
  task<std::shared_ptr<const net::tls_context>> current();

 private:
  net::tls_client_options files_;
  std::string seen_;  // sizes and times of the files, when they were last read
  std::shared_ptr<const net::tls_context> good_;
  base::blocking_pool reader_{1};
};

}  // namespace helenus::app
