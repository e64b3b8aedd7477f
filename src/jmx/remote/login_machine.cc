#include "jmx/remote/login_machine.h"

#include "base/assert.h"
#include "jmx/errc.h"
#include "jmx/object/escape.h"

namespace helenus::jmx {
namespace {

constexpr std::string_view server_stub = "javax.management.remote.rmi.RMIServerImpl_Stub";
constexpr std::string_view connection_stub = "javax.management.remote.rmi.RMIConnectionImpl_Stub";

// A login that failed, told from all else by the whole chain: newer servers wrap the exception.
std::optional<error> authentication_error(const remote_exception& thrown, bool had_login) {
  constexpr std::size_t most = 500;
  const auto* refused = thrown.find("java.lang.SecurityException");
  const auto* reason = thrown.find("javax.security.auth.login.LoginException");
  if (!refused) refused = reason;
  if (!refused) return std::nullopt;
  auto detail = "remote: " + escape(refused->message, most);
  if (reason && reason->message != refused->message && !reason->message.empty()) {
    detail += " (" + escape(reason->message, most) + ")";
  }
  if (!had_login) detail += "; no user and password are configured";
  return error{errc::authentication_failed, std::move(detail)};
}

}  // namespace

login_action login_machine::start() {
  HELENUS_ASSERT(state_ == state::idle);
  state_ = state::looking_up;
  return make_call{calls::lookup(options_.registry_name)};
}

login_action login_machine::opened() {
  HELENUS_ASSERT(state_ == state::opening);
  return log_in();
}

login_action login_machine::replied(const reply& answer) {
  HELENUS_ASSERT(state_ == state::looking_up || state_ == state::logging_in);
  return state_ == state::looking_up ? found(answer) : entered(answer);
}

// The registry answered.
login_action login_machine::found(const reply& answer) {
  if (const auto* thrown = answer.exception()) {
    if (thrown->find("java.rmi.NoSuchObjectException")) {
      return fail({errc::not_bound,
                   "the port speaks RMI but has no registry: is it the RMI export "
                   "port instead of the JMX port?"},
                  thrown);
    }
    if (thrown->find("java.rmi.NotBoundException")) {
      return fail({errc::not_bound, "the registry knows no " + options_.registry_name}, thrown);
    }
    return fail(thrown->to_error(), thrown);
  }
  const auto stub = answer.outcome();
  if (!stub) return fail(stub.error());
  if (stub->is_null()) {
    return fail({errc::not_bound, "the registry knows no " + options_.registry_name});
  }
  auto server = read_reference(*stub, server_stub);
  if (!server) return fail(server.error());
  server_ = std::move(*server);
  // What was found under TLS is never followed down to a plain connection.
  server_.tls = server_.tls || options_.registry_tls;
  if (options_.rmi_port) server_.port = *options_.rmi_port;
  if (server_.port == options_.registry_port && server_.tls == options_.registry_tls &&
      !options_.use_stub_host) {
    return log_in();
  }
  state_ = state::opening;
  open_transport next{.host = {}, .port = server_.port, .tls = server_.tls};
  if (options_.use_stub_host) next.host = server_.host;
  return next;
}

login_action login_machine::log_in() {
  state_ = state::logging_in;
  return make_call{calls::new_client(server_.id, options_.login ? &*options_.login : nullptr)};
}

// newClient answered.
login_action login_machine::entered(const reply& answer) {
  if (const auto* thrown = answer.exception()) {
    if (auto refused = authentication_error(*thrown, options_.login.has_value())) {
      return fail(std::move(*refused), thrown);
    }
    return fail(thrown->to_error(), thrown);
  }
  const auto stub = answer.outcome();
  if (!stub) return fail(stub.error());
  const auto reference = read_reference(*stub, connection_stub);
  if (!reference) return fail(reference.error());
  state_ = state::done;
  session opened{.connection = reference->id, .host = {}, .port = server_.port, .tls = server_.tls};
  if (options_.use_stub_host) opened.host = server_.host;
  return logged_in{std::move(opened)};
}

const char* login_machine::step() const {
  switch (state_) {
    case state::looking_up:
      return "JMX registry lookup";
    case state::opening:
      return "connection to the RMI port";
    case state::logging_in:
      return "JMX login";
    default:
      return "";
  }
}

error login_machine::timed_out() const {
  const auto code = state_ == state::looking_up   ? errc::lookup_timed_out
                    : state_ == state::logging_in ? errc::login_timed_out
                                                  : errc::connect_timed_out;
  return {code, std::string("timed out waiting for the ") + step()};
}

login_action login_machine::fail(error failure, const remote_exception* thrown) {
  state_ = state::failed;
  login_failed end{std::move(failure), {}};
  if (thrown) end.thrown = *thrown;
  return end;
}

}  // namespace helenus::jmx
