#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

namespace helenus::base {

/// Threads for what blocks: SQLite, files, password hashing.
class blocking_pool {
 public:
  /// `threads` at least 1. With one thread, work runs in the order in which it was given.
  explicit blocking_pool(std::size_t threads);
  ~blocking_pool();

  /// Runs `work` on a pool thread and resumes the caller on its own executor with what it returned.
  /// Not interrupted by cancellation: a caller that is cancelled meanwhile unwinds at its next
  /// wait.
  template <class Work>
  boost::asio::awaitable<std::invoke_result_t<Work>> run(Work work) {
    using value = std::invoke_result_t<Work>;
    static_assert(!std::is_void_v<value>, "return result<void> from blocking work");
    auto returned = co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&,
                                                         void(std::optional<value>)>(
        [this](auto handler, Work todo) {
          auto executor = boost::asio::get_associated_executor(handler);
          auto alive =
              boost::asio::prefer(executor, boost::asio::execution::outstanding_work.tracked);
          boost::asio::post(pool_, [todo = std::move(todo), handler = std::move(handler),
                                    alive = std::move(alive)]() mutable {
            std::optional<value> done(todo());
            boost::asio::post(alive,
                              [handler = std::move(handler), done = std::move(done)]() mutable {
                                std::move(handler)(std::move(done));
                              });
          });
        },
        boost::asio::use_awaitable, std::move(work));
    co_return std::move(*returned);
  }

  /// Waits for the work that was given; nothing may be given afterwards.
  void join();

 private:
  boost::asio::thread_pool pool_;
};

}  // namespace helenus::base
