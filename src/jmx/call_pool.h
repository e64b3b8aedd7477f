#pragma once

#include "base/clock.h"
#include "base/event.h"
#include "base/task.h"
#include "base/task_group.h"
#include "jmx/client_options.h"
#include "jmx/connection.h"
#include "jmx/login_runner.h"
#include "jmx/rmi/remote_call.h"
#include "jmx/rmi/reply.h"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace helenus::jmx {

/// The sockets of one session: a few for calls, shared by all callers, and those that others opened
/// for themselves. Knows whether the session lives. Io thread only.
class call_pool {
 public:
  call_pool(base::clock& clock, boost::asio::any_io_executor executor, client_options options,
            login_outcome login, connection_opener open);
  ~call_pool();
  call_pool(const call_pool&) = delete;
  call_pool& operator=(const call_pool&) = delete;

  /// Makes a call on a free socket within `timeout`, the wait for the socket included. A call that
  /// found its socket closed before the answer began is made once more on another one when it is
  /// idempotent. `slow` calls never take the last socket.
  task<reply> call(remote_call request, base::clock::duration timeout, bool slow);
  /// Opens a socket for the caller's own use; it is closed with the session.
  task<std::shared_ptr<connection>> open_socket();

  /// See client::watch.
  task<void> watch();
  /// An answer on any socket: the server's idle time begins anew.
  void answered() { last_answer_ = clock_.now(); }
  /// A socket was lost: watch() is to find out at once whether the session is.
  void doubt() { look_.set(); }
  /// The session is over: closes all sockets; everything under way and to come fails with `reason`.
  void end(error reason);
  /// Why the session is over; none while it lives.
  const std::optional<error>& ended() const { return ended_; }
  /// Ends the session when `answer` says that the server forgot it.
  void judge(const reply& answer);

  /// Says goodbye to the server, then ends the session.
  task<void> close();

  const remote_id& session_id() const { return session_.connection; }
  const client_options& options() const { return options_; }
  base::clock& clock() { return clock_; }

 private:
  struct waiter;
  class slot;
  class queue_place;

  bool try_take(slot& into);
  task<void> wait_for_slot(slot& into);
  void give_back(bool slow);
  void serve_waiters();
  bool may_start(bool slow) const;
  task<reply> call_in_slot(remote_call request, base::clock::time_point deadline);
  task<reply> call_once(std::shared_ptr<connection>& used, remote_call request,
                        base::clock::time_point deadline);
  std::shared_ptr<connection> take_idle();
  void keep(std::shared_ptr<connection> socket);
  task<void> keep_alive();
  task<void> heartbeat();
  task<void> watch_idle(std::shared_ptr<connection> socket);
  void begin_watching(const std::shared_ptr<connection>& socket);

  base::clock& clock_;
  boost::asio::any_io_executor executor_;
  client_options options_;
  session session_;
  connection_opener open_;
  std::vector<std::shared_ptr<connection>> idle_;
  std::vector<std::weak_ptr<connection>> all_;  // every socket of the session, to close them
  std::list<waiter*> waiting_;                  // in order of arrival
  unsigned running_ = 0;                        // calls that hold a slot
  unsigned slow_running_ = 0;
  base::clock::time_point last_answer_;
  base::event look_;
  std::optional<error> ended_;
  base::task_group* watchers_ = nullptr;  // while watch() runs
};

}  // namespace helenus::jmx
