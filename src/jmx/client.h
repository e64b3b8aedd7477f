#pragma once

#include "base/clock.h"
#include "base/task.h"
#include "jmx/client_options.h"
#include "jmx/object/argument.h"
#include "jmx/object/value.h"
#include "jmx/open_connection.h"
#include "jmx/remote/calls.h"
#include "jmx/remote/object_name.h"
#include "jmx/remote/results.h"
#include "jmx/rmi/reply.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace helenus::jmx {

class call_pool;
class notification_stream;

/// How one call differs from the others.
struct call_options {
  /// Instead of client_timeouts::call.
  std::optional<std::chrono::milliseconds> timeout;
  /// The call may take long by its nature (a snapshot, a flush): it leaves one socket to the
  /// others.
  bool slow = false;
};

/// A JMX session with one server: logged in, with up to three sockets for calls.
///
/// Io thread only. Calls may be made from any number of coroutines at once; they take a free socket
/// or wait in order, within their deadline. Failures are values of jmx::errc; what a call threw on
/// the server is access_denied, no_such_mbean or remote_exception with class and message. A call
/// that is cancelled or timed out gives up its socket, so that no caller ever reads another's
/// answer; what it asked for may have been carried out.
///
/// A session ends when the server forgets it, cannot be reached any more, or close() is called;
/// then every call, also a waiting one, fails at once with errc::closed and the reason. It does not
/// come back: connect again.
class client {
 public:
  /// Connects, looks the server up and logs in. Cancellation leaves nothing behind here; the server
  /// forgets a half-made session by itself. Errors: refused, unreachable, unresolved, tls_failed,
  /// not_jmx, not_bound, authentication_failed, and a timeout of its own for each step.
  static task<std::unique_ptr<client>> connect(base::clock& clock, client_options options);
  /// As above over streams of another origin, such as a tunnel or a test.
  static task<std::unique_ptr<client>> connect(base::clock& clock, client_options options,
                                               stream_opener streams);

  /// Closes the sockets without goodbye when close() was not called. No call may be under way.
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Runs until the session has ended and says why. Keeps the session alive below the server's idle
  /// limit and notices at once when the server is gone. Spawn it beside the work; only one at a
  /// time. Always ends with an error.
  task<void> watch();

  /// Whether calls can be made.
  bool is_open() const;

  task<value> get_attribute(object_name mbean, std::string attribute, call_options how = {});
  /// Attributes that fail or do not exist are missing in the answer.
  task<std::vector<std::pair<std::string, value>>> get_attributes(
      object_name mbean, std::vector<std::string> attributes, call_options how = {});
  task<void> set_attribute(object_name mbean, std::string attribute, argument to,
                           call_options how = {});
  /// Carries out an operation; one without result gives null. Never repeated by us, as it may have
  /// effects.
  task<value> invoke(object_name mbean, std::string operation,
                     std::vector<calls::parameter> parameters = {}, call_options how = {});
  /// As invoke(), for who needs the exception that the operation threw: it is an answer here.
  task<reply> try_invoke(object_name mbean, std::string operation,
                         std::vector<calls::parameter> parameters = {}, call_options how = {});
  /// The names that match `pattern`. Give a narrow one: a Cassandra node has 12,000 MBeans.
  task<std::vector<object_name>> query_names(object_name pattern, call_options how = {});
  task<bool> is_registered(object_name mbean, call_options how = {});
  task<mbean_info> get_mbean_info(object_name mbean, call_options how = {});
  task<std::string> default_domain(call_options how = {});

  /// Listens to what `mbeans` emit from now on; or, with `resume_from` (next_sequence() of an
  /// earlier stream of the same server process), from there on. Events emitted after the return,
  /// and those emitted after the listeners were added, are in the stream. Close or destroy the
  /// stream before the client.
  task<std::unique_ptr<notification_stream>> listen(
      std::vector<object_name> mbeans, std::optional<std::int64_t> resume_from = std::nullopt);

  /// Tells the server that the session is over and closes the sockets; calls under way fail.
  /// Never fails: what cannot be said in time is left to the server's idle limit.
  task<void> close();

 private:
  explicit client(std::unique_ptr<call_pool> pool);
  task<reply> ask(remote_call request, call_options how);

  std::unique_ptr<call_pool> pool_;
};

}  // namespace helenus::jmx
