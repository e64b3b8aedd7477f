#include "app/commands/serve.h"

#include "app/application.h"
#include "app/commands/configuration.h"
#include "app/log_setup.h"
#include "base/clock.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

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

void tell_what_has_no_effect(const std::vector<std::string>& keys) {
  if (keys.empty()) return;
  std::string list;
  for (const auto& key : keys) list += (list.empty() ? "" : ", ") + key;
  base::log_warn("config", "keys without effect in this version", {{"keys", list}});
}

void tell_warnings(const config::settings& settings) {
  for (const auto& sentence : settings.warnings) base::log_warn("config", sentence);
  if (settings.access) return;
  base::log_warn("config",
                 "accessControl is off: whoever reaches the application port may do everything");
}

}  // namespace

int serve(const serve_arguments& arguments) {
  std::signal(SIGPIPE, SIG_IGN);  // a client that goes away is an error of its socket
  const auto settings = read_configuration(arguments.configuration_file);
  if (!settings) return exit_bad_configuration;
  set_up_log(settings->log);
  tell_what_has_no_effect(settings->not_used);
  tell_warnings(*settings);
  boost::asio::io_context context(1);
  base::real_clock clock;
  application daemon(context.get_executor(), clock, *settings, arguments.version);
  const signal_watch signals(context, daemon);
  int exit_code = exit_could_not_start;
  boost::asio::co_spawn(context, daemon.run(),
                        [&](std::exception_ptr unwound, result<int> outcome) {
                          if (unwound) std::rethrow_exception(unwound);
                          if (outcome) exit_code = *outcome;
                          context.stop();
                        });
  context.run();
  if (exit_code == exit_could_not_start) {  // whatever the level of the log
    std::fprintf(stderr, "helenus: %s\n", daemon.status().last_error.c_str());
  }
  return exit_code;
}

}  // namespace helenus::app
