#pragma once

#include "base/result.h"
#include "jmx/credentials.h"
#include "jmx/remote/calls.h"
#include "jmx/rmi/remote_reference.h"
#include "jmx/rmi/reply.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace helenus::jmx {

/// How to get from the registry's address to a logged-in session.
struct login_options {
  std::string registry_name = "jmxrmi";
  std::optional<credentials> login;       ///< none: the server does not ask
  std::uint16_t registry_port = 7199;     ///< the port that is connected when the machine starts
  bool registry_tls = false;              ///< that connection is under TLS
  std::optional<std::uint16_t> rmi_port;  ///< instead of the port that the stub names
  bool use_stub_host = false;             ///< connect to the host that the stub names
};

/// A logged-in JMX session: any socket to the same port may use it.
struct session {
  remote_id connection;             ///< secret: knowing it is the authorization
  std::optional<std::string> host;  ///< only with login_options::use_stub_host
  std::uint16_t port = 0;
  bool tls = false;
};

/// Open a connection (TCP, TLS, JRMP handshake) for the calls that follow; the registry's may be
/// closed. Then call opened().
struct open_transport {
  std::optional<std::string> host;  ///< none: the host that the registry was found at
  std::uint16_t port = 0;
  bool tls = false;
};
/// Make this call on the current connection; then call replied().
struct make_call {
  remote_call call;
};
struct logged_in {
  jmx::session session;
};
/// The end. `thrown` is set when the server answered with an exception.
struct login_failed {
  error failure;
  std::optional<remote_exception> thrown;
};
using login_action = std::variant<open_transport, make_call, logged_in, login_failed>;

/// Registry lookup, change of port where needed, newClient: replies in, the next step out.
/// What the transport itself reports (transport_failed) ends a login without the machine.
class login_machine {
 public:
  enum class state { idle, looking_up, opening, logging_in, done, failed };

  explicit login_machine(login_options options) : options_(std::move(options)) {}

  /// A connection to the registry is ready.
  login_action start();
  /// What open_transport asked for is ready.
  login_action opened();
  /// The call of make_call was answered.
  login_action replied(const reply& answer);

  state current() const { return state_; }
  /// For messages and the choice of the deadline: "JMX registry lookup", "JMX login".
  const char* step() const;
  /// The error that says that the deadline of the current step passed.
  error timed_out() const;

 private:
  login_action found(const reply& answer);
  login_action entered(const reply& answer);
  login_action log_in();
  login_action fail(error failure, const remote_exception* thrown = nullptr);

  login_options options_;
  state state_ = state::idle;
  remote_reference server_;
};

}  // namespace helenus::jmx
