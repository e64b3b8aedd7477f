#include "app/commands/repair.h"

#include "app/make_storage.h"
#include "app/one_shot/one_shot_host.h"
#include "app/one_shot/one_shot_report.h"
#include "app/one_shot/password.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "cluster/errc.h"
#include "management/errc.h"
#include "management/jmx/jmx_connector.h"
#include "repair/errc.h"
#include "storage/errc.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;

constexpr auto close_grace = 5s;

/// A line that is drawn again needs a terminal that can erase one.
bool is_terminal() {
  // Nothing changes the environment. NOLINTNEXTLINE(concurrency-mt-unsafe)
  const char* kind = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

std::unique_ptr<one_shot_report> make_report(bool json) {
  if (json) return make_json_report(stdout);
  if (is_terminal()) return make_terminal_report(stdout);
  return make_plain_report(stdout);
}

/// What a person can do about a repair that could not start.
std::string advice_for(const error& failure, const one_shot_options& options) {
  const auto node = options.seed + ":" + std::to_string(options.jmx_port);
  if (failure.code == management::errc::node_unreachable) {
    return "Is Cassandra running there, and does its JMX listen on " + node +
           "? By default it listens on loopback only: set LOCAL_JMX=no in cassandra-env.sh.";
  }
  if (failure.code == management::errc::authentication_failed) {
    return "Give --username and --password-file; they are those of JMX, not of CQL.";
  }
  if (failure.code == management::errc::tls_failed) {
    return "--jmx-ca names the authority that signed the nodes' certificates; "
           "--jmx-certificate is for nodes that want one of us; --jmx-any-name is for certificates "
           "that do not name the nodes' addresses.";
  }
  if (failure.code == management::errc::not_a_node) {
    return "What listens on " + node +
           " is not JMX. The JMX port of Cassandra is 7199 by default (--jmx-port); where it "
           "speaks TLS, give --jmx-ca.";
  }
  if (failure.code == storage::errc::busy) {
    return "Another helenus is working with this state file; wait for it or choose another "
           "--state.";
  }
  if (failure.code == storage::errc::corrupt || failure.code == storage::errc::newer_schema ||
      failure.code == storage::errc::foreign) {
    return "The file was left as it is. Another --state file begins a new repair.";
  }
  if (failure.code == storage::errc::read_only || failure.code == storage::errc::unavailable) {
    return "Name a --state file in a folder that can be written, or repair without --state.";
  }
  if (failure.code == repair::errc::unit_busy) {
    return "Finish it with the same options, or choose another --state file.";
  }
  return {};
}

/// Everything that one repair needs, in the order in which it is made.
class one_shot_process {
 public:
  one_shot_process(boost::asio::io_context& context, one_shot_options options,
                   management::jmx::jmx_management_options management)
      : context_(context),
        options_(std::move(options)),
        management_(std::move(management)),
        report_(make_report(options_.json)),
        signals_(context, SIGINT, SIGTERM) {}

  task<int> run() {
    watch_signals();
    auto code = co_await repair();
    signals_.cancel();
    if (code) co_return *code;
    report_->failed(code.error().message(), advice_for(code.error(), options_));
    co_return exit_not_started;
  }

 private:
  task<int> repair() {
    CO_TRY(storage, co_await open_state_file(options_.state_file));
    const auto connector =
        management::jmx::make_connector(context_.get_executor(), clock_, std::move(management_));
    one_shot_host host(context_.get_executor(), clock_, *storage, *connector, options_, *report_,
                       base::random_bits());
    host_ = &host;
    auto outcome = co_await host.run();
    host_ = nullptr;
    static_cast<void>(co_await base::with_timeout(clock_, connector->close_all(), close_grace,
                                                  "connections to close"));
    static_cast<void>(co_await base::with_timeout(clock_, storage->close(), close_grace,
                                                  "the state file to close"));
    co_return outcome;
  }

  void watch_signals() {
    signals_.async_wait([this](boost::system::error_code failure, int) {
      if (failure) return;
      // Nothing to end cleanly, or asked twice: what is acknowledged is stored already.
      const bool first = !std::exchange(interrupted_, true);
      if (!first || host_ == nullptr || !host_->stop()) std::_Exit(exit_interrupted);
      watch_signals();
    });
  }

  boost::asio::io_context& context_;
  base::real_clock clock_;
  one_shot_options options_;
  management::jmx::jmx_management_options management_;
  std::unique_ptr<one_shot_report> report_;
  boost::asio::signal_set signals_;
  one_shot_host* host_ = nullptr;
  bool interrupted_ = false;
};

/// With what nodes are shown who we are. Reads files and perhaps the terminal.
result<management::jmx::jmx_management_options> way_in(const one_shot_options& options) {
  management::jmx::jmx_management_options way;
  if (!options.username.empty()) {
    TRY(password, read_password(options.username, options.password_file));
    way.logins.by_default = {.user = options.username, .password = std::move(password)};
  }
  if (options.jmx_tls) {
    TRY(certificates, net::tls_context::load(options.tls));
    way.tls = std::move(certificates);
  }
  return way;
}

}  // namespace

int repair(one_shot_options options) {
  std::signal(SIGPIPE, SIG_IGN);
  base::set_log_level(base::level::error);  // the report tells what happens
  auto management = way_in(options);
  if (!management) {
    std::fprintf(stderr, "helenus: %s\n", management.error().message().c_str());
    return exit_usage;
  }
  boost::asio::io_context context(1);
  one_shot_process process(context, std::move(options), std::move(*management));
  int code = exit_not_started;
  boost::asio::co_spawn(context, process.run(),
                        [&](std::exception_ptr unwound, result<int> outcome) {
                          if (unwound) std::rethrow_exception(unwound);
                          if (outcome) code = *outcome;
                          context.stop();
                        });
  context.run();
  return code;
}

}  // namespace helenus::app
