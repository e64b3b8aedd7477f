#pragma once

#include "base/event.h"
#include "repair/repair_service.h"

#include <boost/asio/any_io_executor.hpp>

#include <deque>
#include <list>
#include <memory>
#include <optional>

namespace helenus::repair {

/// Hands what happens to whoever listens. A slow listener loses its oldest events, not the engine's
/// time.
class progress_hub {
 public:
  explicit progress_hub(boost::asio::any_io_executor executor);
  ~progress_hub();

  void publish(const progress& event);
  std::unique_ptr<progress_stream> subscribe(std::optional<model::run_id> run);
  /// Streams end after what they hold.
  void close();

 private:
  struct queue;
  class stream;

  boost::asio::any_io_executor executor_;
  std::list<std::weak_ptr<queue>> queues_;
  bool closed_ = false;
};

}  // namespace helenus::repair
