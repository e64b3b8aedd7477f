#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace helenus::test {

/// What one simulated process runs on: a part of an io_context that can stand still, as after
/// SIGSTOP. Whatever becomes due meanwhile (timers, answers) happens when it goes on.
class process {
 public:
  explicit process(boost::asio::io_context& world) : world_(world) {}
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  void stand_still() { still_ = true; }
  void go_on() {
    still_ = false;
    boost::asio::post(world_, [this] {
      kept_.restart();
      kept_.poll();
    });
  }

  /// Meets the requirements of any_io_executor.
  class executor {
   public:
    explicit executor(process& of) : of_(&of) {}
    boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
      return of_->world_;
    }
    static constexpr boost::asio::execution::blocking_t query(
        boost::asio::execution::blocking_t) noexcept {
      return boost::asio::execution::blocking.never;
    }
    executor require(boost::asio::execution::blocking_t::never_t) const noexcept { return *this; }
    template <class Work>
    void execute(Work&& work) const {
      boost::asio::post(of_->world_, [of = of_, work = std::forward<Work>(work)]() mutable {
        if (of->still_) {
          boost::asio::post(of->kept_, std::move(work));
        } else {
          std::move(work)();
        }
      });
    }
    friend bool operator==(const executor&, const executor&) noexcept = default;

   private:
    process* of_;
  };
  executor get_executor() { return executor(*this); }

 private:
  boost::asio::io_context& world_;
  boost::asio::io_context kept_;
  bool still_ = false;
};

}  // namespace helenus::test
