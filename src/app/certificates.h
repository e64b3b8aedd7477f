#pragma once

#include "base/blocking_pool.h"
#include "base/task.h"
#include "net/tls_context.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace helenus::app {

/// The certificates of TLS connections, to nodes or to our own ports. Their files are looked at
/// whenever one is about to begin, so that renewed ones are used without a restart. Io thread only;
/// must outlive the calls.
class certificates {
 public:
  explicit certificates(net::tls_client_options files);
  explicit certificates(net::tls_server_options files);

  /// As they are now, read again when a file has changed. Changed ones that cannot be used are told
  /// in the log, once, and the last good ones are given: they may be in the middle of being
  /// written. Errors: certificate_unreadable, as long as there were no good ones.
  task<std::shared_ptr<const net::tls_context>> current();

 private:
  std::vector<std::string> files_;
  std::function<result<std::shared_ptr<const net::tls_context>>()> load_;
  std::string seen_;  // sizes and times of the files, when they were last read
  std::shared_ptr<const net::tls_context> good_;
  base::blocking_pool reader_{1};
};

}  // namespace helenus::app
