#include "jmx/login_runner.h"

#include "jmx/errc.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace helenus::jmx {
namespace {

login_options machine_options(const client_options& options) {
  login_options machine;
  machine.login = options.login;
  machine.registry_port = options.server.port;
  machine.registry_tls = options.tls && !options.plain_registry;
  machine.rmi_port = options.rmi_port;
  machine.use_stub_host = options.host_of_stub == stub_host::follow;
  return machine;
}

reader_limits limits_of_login(const client_options& options) {
  auto limits = limits_before_login();
  limits.bytes = options.login_answer_bytes;
  return limits;
}

base::clock::duration time_for(const login_machine& machine, const client_timeouts& timeouts) {
  return machine.current() == login_machine::state::looking_up ? timeouts.lookup : timeouts.login;
}

}  // namespace

reader_limits limits_after_login(const client_options& options) {
  reader_limits limits;
  limits.bytes = options.answer_bytes;
  return limits;
}

task<login_outcome> log_in(const client_options& options, const connection_opener& open) {
  const auto limits = limits_of_login(options);
  login_machine machine(machine_options(options));
  const bool registry_tls = options.tls && !options.plain_registry;
  CO_TRY(socket, co_await open(options.server, registry_tls, limits));
  login_action action = machine.start();
  for (;;) {
    if (auto* wish = std::get_if<make_call>(&action)) {
      auto answer =
          co_await socket->call(std::move(wish->call), time_for(machine, options.timeouts));
      if (!answer && answer.error().code == errc::call_timed_out) {
        co_return base::with_context(machine.timed_out(), socket->peer());
      }
      if (!answer) co_return base::with_context(std::move(answer).error(), machine.step());
      action = machine.replied(*answer);
    } else if (auto* move = std::get_if<open_transport>(&action)) {
      const net::endpoint where{move->host.value_or(options.server.host), move->port};
      CO_TRY_VOID(co_await socket->close(options.timeouts.close));
      CO_TRY(next, co_await open(where, move->tls, limits));
      socket = std::move(next);
      action = machine.opened();
    } else if (auto* done = std::get_if<logged_in>(&action)) {
      socket->set_limits(limits_after_login(options));
      co_return login_outcome{std::move(done->session), std::move(socket)};
    } else {
      auto& failed = std::get<login_failed>(action);
      co_return base::with_context(std::move(failed.failure), socket->peer());
    }
  }
}

}  // namespace helenus::jmx
