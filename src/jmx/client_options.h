#pragma once

#include "jmx/credentials.h"
#include "net/endpoint.h"
#include "net/tls_context.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace helenus::jmx {

/// Where the JMX server's own port is (the one its stub names), seen from here. Servers name the
/// address that they believe to be theirs: often 127.0.0.1, a container's name or an address behind
/// NAT. A registry could also name somebody else's host to be sent the password.
enum class stub_host {
  ignore,  ///< connect to the host we were asked to connect to; of the stub take only the port
  follow,  ///< connect to the host that the stub names, as Java's client does
};

/// How long each step may take. A step that takes longer fails with its own error.
struct client_timeouts {
  std::chrono::milliseconds connect{5'000};        ///< name lookup and TCP: connect_timed_out
  std::chrono::milliseconds tls_handshake{5'000};  ///< tls_timed_out
  std::chrono::milliseconds handshake{5'000};      ///< first JRMP answer: handshake_timed_out
  std::chrono::milliseconds lookup{10'000};        ///< registry: lookup_timed_out
  std::chrono::milliseconds login{15'000};         ///< newClient: login_timed_out
  /// One call, its wait for a free socket included: call_timed_out. Calls may ask for more.
  std::chrono::milliseconds call{30'000};
  std::chrono::milliseconds close{2'000};  ///< saying goodbye; then the sockets are closed anyway
  /// The server forgets a session that made no call for 120 s (its default). Half of the half, so
  /// that one lost call does no harm.
  std::chrono::milliseconds keep_alive{30'000};
  /// How long the server may hold a fetch without events; a silent fetch fails 15 s later.
  std::chrono::milliseconds fetch{25'000};
};

/// More sockets for calls would only cost the server threads.
inline constexpr unsigned most_call_sockets = 3;

/// What a client needs to know of one JMX server.
struct client_options {
  net::endpoint server;              ///< of the registry; the JMX port
  std::optional<credentials> login;  ///< none: the server asks for no password
  /// Speak TLS from the first byte; none: plain. There is no fall-back between the two.
  std::shared_ptr<const net::tls_context> tls;
  /// The registry is plain though the server behind it speaks TLS, as the JVM's own agent does it.
  bool plain_registry = false;
  stub_host host_of_stub = stub_host::ignore;
  /// Used instead of the port that the stub names: for port forwarding and NAT.
  std::optional<std::uint16_t> rmi_port;
  client_timeouts timeouts;
  /// Sockets for calls, 1 to 3; each costs the server a thread. Notifications have one of their
  /// own.
  unsigned call_sockets = 2;
  std::size_t waiting_calls = 1'000;  ///< more calls than this waiting for a socket are refused
  std::size_t answer_bytes = std::size_t{64} << 20;       ///< the largest answer of a call
  std::size_t login_answer_bytes = std::size_t{4} << 20;  ///< the largest answer before login
  int fetch_events = 100;  ///< most events of one fetch; one may carry tens of kilobytes
};

}  // namespace helenus::jmx
