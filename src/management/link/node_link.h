#pragma once

#include "base/broadcast.h"
#include "base/clock.h"
#include "base/event.h"
#include "base/task.h"
#include "base/task_group.h"
#include "management/link/command_tracker.h"
#include "management/link/node_calls.h"
#include "management/link/options.h"
#include "management/link/quirks.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace helenus::management::link {

/// A node as long as one connection to it lasts.
struct connected_node {
  std::shared_ptr<node_calls> calls;
  node_identity identity;
  quirks version;
};

/// Who wants to know what happens on a link: a repair session.
class link_listener {
 public:
  virtual ~link_listener() = default;
  virtual void on_event(const progress_event& said) = 0;
  /// Events may be missing from here on.
  virtual void on_lost(const std::string& why) = 0;
  /// Connected, for the first time or again; perhaps to another process of the node.
  virtual void on_connected(const node_identity& who) = 0;
  virtual void on_unreachable(const error& why) = 0;
};

/// The one connection to a node: made when somebody needs it, made again with back-off while a
/// session needs it, closed when nobody used it for long. Its stream of events is shared by all
/// sessions and resumed where it broke off. io thread only.
class node_link {
 public:
  /// `expected_cluster` may be empty: any. `dialer` must live until run() has ended.
  node_link(boost::asio::any_io_executor executor, base::clock& clock, node_dialer& dialer,
            link_options options, std::string expected_cluster, node_target target);

  /// The link's life; ends by cancellation or retire(), after saying goodbye. Afterwards every call
  /// fails with base::errc::closed.
  task<void> run();

  /// For a link that never runs.
  void close() { phase_ = phase::closed; }
  /// Ends run() as cancellation does, once an attempt to connect that is under way has ended. From
  /// then on calls fail with `why`.
  void retire(std::string why);
  /// Nobody will call again: run() ends once the connection does and no session needs another.
  void abandon();

  /// The connection; makes it if there is none. Fails at once, with the last reason and the time of
  /// the next attempt, when that is far away.
  task<std::shared_ptr<const connected_node>> connected();
  /// As connected(), and events are being received.
  task<std::shared_ptr<const connected_node>> listening();

  /// `listener` hears everything from now on; it must be removed before it dies. With `from_now`
  /// false its command began earlier: it hears at once, or when events flow, that some are lost.
  void add(link_listener& listener, bool from_now);
  void remove(link_listener& listener);

  /// Used for the next connection. Another endpoint is tried at once.
  void set_target(node_target target);
  /// The node that must answer. False when it is known to be another one.
  bool expect(const model::host_id& id);
  /// That node answers now, or did a moment ago.
  bool is_open() const { return phase_ == phase::open; }
  /// A connection tells it when the cluster is known.
  const std::optional<model::host_id>& id() const { return id_; }
  const command_tracker& commands() const { return commands_; }
  boost::asio::any_io_executor executor() const { return executor_; }
  base::clock& clock() const { return clock_; }

 private:
  enum class phase { idle, connecting, open, waiting, closed };
  using node_pointer = std::shared_ptr<const connected_node>;

  task<void> live();
  task<node_pointer> connect();
  task<node_pointer> identify(std::shared_ptr<node_calls> calls);
  result<void> check(const node_identity& who) const;
  void opened(node_pointer node);
  task<void> serve(node_pointer node);
  task<void> receive(node_pointer node);
  task<void> close_when_idle();
  task<void> close_when_retired();
  task<void> back_off(error why);
  bool is_needed() const { return waiting_ > 0 || !listeners_.empty(); }
  void tell_lost(const std::string& why);
  void deliver(const progress_event& said);
  error failing_fast() const;
  template <class Ready>
  task<node_pointer> wait_for(Ready ready);

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  node_dialer& dialer_;
  link_options options_;
  std::string expected_cluster_;
  node_target target_;
  std::string where_;  // the endpoint, for people

  phase phase_ = phase::idle;
  std::optional<model::host_id> id_;
  std::optional<model::wall_time> jvm_start_;
  bool start_is_known_ = false;
  node_pointer node_;
  bool receiving_ = false;
  bool stream_needed_ = false;  // by a call that will begin a session
  unsigned failures_ = 0;       // in a row
  unsigned attempts_ = 0;       // that ended, ever: tells waiters that one did
  error last_failure_;
  bool retired_ = false;
  std::string retired_why_;
  bool abandoned_ = false;
  bool reported_ = false;  // the log says that the node can not be reached
  base::clock::time_point next_attempt_{};
  base::clock::time_point last_use_{};
  std::optional<std::int64_t> resume_from_;
  command_tracker commands_;
  std::set<link_listener*> listeners_;
  std::size_t waiting_ = 0;  // calls that need a connection

  base::event wanted_;  // somebody needs a connection, a new target came, or an end
  base::event retirement_;
  base::event stream_wanted_;  // somebody needs events
  base::broadcast changed_;    // phase_ or receiving_ changed
};

}  // namespace helenus::management::link
