#pragma once

#include "base/task.h"
#include "jmx/remote/fetch_machine.h"
#include "jmx/remote/notification.h"
#include "jmx/remote/object_name.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace helenus::jmx {

class call_pool;
class connection;

/// Notifications of the MBeans listened to, in the order of the server, by long poll on a socket of
/// its own. Made by client::listen. One reader, io thread only.
///
/// The server keeps the last 1,000 events of all its MBeans, so the reader must not dawdle: call
/// next() again as soon as it returned, and do slow work elsewhere.
class notification_stream {
 public:
  /// A notification; or how many events of the server, of any MBean, were dropped before we fetched
  /// them: none of ours may be among them, so ask for the state instead.
  using item = std::variant<notification, notifications_lost>;

  /// See client::listen. `pool` must outlive the stream.
  static task<std::unique_ptr<notification_stream>> open(call_pool& pool,
                                                         std::vector<object_name> mbeans,
                                                         std::optional<std::int64_t> resume_from);
  ~notification_stream();
  notification_stream(const notification_stream&) = delete;
  notification_stream& operator=(const notification_stream&) = delete;

  /// The next item. Waits as long as it takes. A socket that breaks is replaced and nothing is lost
  /// by it, nor by a cancelled next(), which costs a new socket. Errors, which are final: closed
  /// (the session has ended), server_restarted, access_denied, remote_exception.
  task<item> next();

  /// Where a later stream may resume and miss nothing; it may repeat items of the last batch. It
  /// belongs to the server process, not to the session: compare the start time of the JVM before
  /// using it.
  std::int64_t next_sequence() const;

  /// Tells the server to forget the listeners and closes the socket. Never fails.
  task<void> close();

 private:
  notification_stream(call_pool& pool, std::vector<object_name> mbeans,
                      std::vector<std::int32_t> listeners, std::optional<std::int64_t> resume_from);

  task<void> begin();
  task<std::vector<fetch_action>> fetch();
  void carry_out(std::vector<fetch_action> actions);
  void take(std::vector<notification> arrived);

  call_pool& pool_;
  std::vector<object_name> mbeans_;
  std::vector<std::int32_t> listeners_;  // ids, in the order of mbeans_
  fetch_machine machine_;
  std::shared_ptr<connection> socket_;
  std::optional<fetch_now> next_fetch_;  // what is to be asked next
  bool started_ = false;
  std::deque<item> arrived_;
  std::int64_t batch_start_ = -1;  // the sequence that brought what is in arrived_
  unsigned losses_ = 0;            // sockets lost since the last answer
  std::optional<error> ended_;
};

}  // namespace helenus::jmx
