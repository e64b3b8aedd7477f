#include "app/commands/serve.h"

#include "app/application.h"
#include "app/log_setup.h"
#include "base/clock.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>

namespace helenus::app {
namespace {

/// Calls request_stop() at each SIGTERM and SIGINT while it lives.
class signal_watch {
 public:
  signal_watch(boost::asio::io_context& context, application& daemon)
      : signals_(context, SIGTERM, SIGINT), daemon_(daemon) {
    wait();
  }

 private:
  void wait() {
    signals_.async_wait([this](boost::system::error_code failure, int) {
      if (failure) return;
      daemon_.request_stop();
      wait();
    });
  }

  boost::asio::signal_set signals_;
  application& daemon_;
};

}  // namespace

int serve(const serve_arguments&) {
  std::signal(SIGPIPE, SIG_IGN);  // a client that goes away is an error of its socket
  set_up_log({});
  boost::asio::io_context context(1);
  base::real_clock clock;
  application daemon(context.get_executor(), clock, {});
  const signal_watch signals(context, daemon);
  int exit_code = exit_could_not_start;
  boost::asio::co_spawn(context, daemon.run(),
                        [&](std::exception_ptr unwound, result<int> outcome) {
                          if (unwound) std::rethrow_exception(unwound);
                          if (outcome) exit_code = *outcome;
                          context.stop();
                        });
  context.run();
  return exit_code;
}

}  // namespace helenus::app
