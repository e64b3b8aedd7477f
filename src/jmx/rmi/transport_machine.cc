#include "jmx/rmi/transport_machine.h"

#include "base/assert.h"
#include "jmx/errc.h"
#include "jmx/object/graph.h"
#include "jmx/object/object_reader.h"

#include <cstdint>
#include <optional>

namespace helenus::jmx {
namespace {

constexpr std::string_view handshake{"JRMI\x00\x02\x4b", 7};
// Our own endpoint: an empty host and port 0. The server only logs it.
constexpr std::string_view our_endpoint{"\x00\x00\x00\x00\x00\x00", 6};
constexpr char message_return = 0x51;
constexpr char message_ping = 0x52;
constexpr char message_ping_answer = 0x53;
constexpr char handshake_accepted = 0x4e;
constexpr char handshake_refused = 0x4f;
constexpr char return_normal = 1;
constexpr char return_exception = 2;

}  // namespace

// A Return that is arriving.
struct transport_machine::incoming {
  explicit incoming(reader_limits limits) : reader(limits) {}

  object_reader reader;
  std::optional<char> kind;
};

transport_machine::transport_machine(reader_limits limits) : limits_(limits) {}
transport_machine::~transport_machine() = default;
transport_machine::transport_machine(transport_machine&&) noexcept = default;
transport_machine& transport_machine::operator=(transport_machine&&) noexcept = default;

void transport_machine::set_limits(reader_limits limits) { limits_ = limits; }

transport_actions transport_machine::start() {
  HELENUS_ASSERT(state_ == state::idle);
  state_ = state::handshaking;
  return {send_bytes{std::string(handshake)}};
}

transport_actions transport_machine::call(remote_call request) {
  HELENUS_ASSERT(state_ == state::ready);
  state_ = state::calling;
  transport_actions actions = {send_bytes{std::move(request.bytes), request.secret}};
  request.bytes.clear();
  pending_ = std::move(request);
  return actions;
}

transport_actions transport_machine::ping() {
  HELENUS_ASSERT(state_ == state::ready);
  state_ = state::pinging;
  return {send_bytes{std::string(1, message_ping)}};
}

transport_actions transport_machine::receive(std::string_view bytes) {
  if (state_ == state::broken || bytes.empty()) return {};
  transport_actions actions;
  if (incoming_) {
    incoming_->reader.feed(bytes);
    read_return(actions);
    return actions;
  }
  buffer_ += bytes;
  switch (state_) {
    case state::handshaking:
      read_acknowledgement(actions);
      break;
    case state::calling:
      if (buffer_.front() != message_return) {
        return fail({errc::malformed, "not a JRMP answer"});
      }
      incoming_ = std::make_unique<incoming>(limits_);
      incoming_->reader.feed(std::string_view(buffer_).substr(1));
      buffer_.clear();
      read_return(actions);
      break;
    case state::pinging:
      if (buffer_ != std::string_view(&message_ping_answer, 1)) {
        return fail({errc::malformed, "not the answer of a ping"});
      }
      buffer_.clear();
      state_ = state::ready;
      actions.emplace_back(ping_answered{});
      break;
    default:
      return fail({errc::malformed, "bytes that nobody asked for"});
  }
  return actions;
}

// 4e, a u16 length, our host as the server sees it, an i32 port.
void transport_machine::read_acknowledgement(transport_actions& actions) {
  if (buffer_.front() != handshake_accepted) {
    // A few bytes more tell what it is; a peer that sends no more runs into the deadline.
    constexpr std::size_t telling = 5;
    if (buffer_.size() >= telling || buffer_.front() == handshake_refused)
      actions = fail(not_jmx());
    return;
  }
  if (buffer_.size() < 3) return;
  const auto host = big_endian(std::string_view(buffer_).substr(1), 2);
  // Hosts are short: an address or a name.
  constexpr std::size_t most_host_bytes = 1024;
  if (host > most_host_bytes) {
    actions = fail(not_jmx());
    return;
  }
  const auto size = 1 + 2 + host + 4;
  if (buffer_.size() < size) return;
  if (buffer_.size() > size) {
    actions = fail({errc::malformed, "bytes that nobody asked for"});
    return;
  }
  buffer_.clear();
  state_ = state::ready;
  actions.emplace_back(send_bytes{std::string(our_endpoint)});
  actions.emplace_back(transport_ready{});
}

void transport_machine::read_return(transport_actions& actions) {
  auto& reader = incoming_->reader;
  if (!incoming_->kind) {
    constexpr std::size_t kind_and_uid = 1 + 14;
    auto head = reader.take_data(kind_and_uid);
    if (!head) {
      actions = fail(head.error());
      return;
    }
    if (!*head) return;
    incoming_->kind = (**head)[0];
  }
  const bool thrown = *incoming_->kind == return_exception;
  if (!thrown && *incoming_->kind != return_normal) {
    actions = fail({errc::malformed, "an unknown kind of answer"});
    return;
  }
  std::optional<reply> answer;
  bool aborted = false;
  if (!thrown && pending_.answer == returns::nothing) {
    answer = reply();
  } else if (!thrown && pending_.answer == returns::boolean) {
    auto truth = reader.take_data(1);
    if (!truth) {
      actions = fail(truth.error());
      return;
    }
    if (!*truth) return;
    answer = reply((**truth)[0] != 0);
  } else {
    auto object = reader.take_value();
    if (!object) {
      actions = fail(object.error());
      return;
    }
    if (!*object) return;
    aborted = (*object)->aborted;
    if (thrown || aborted) {
      answer = reply(remote_exception::read((*object)->what));
    } else {
      answer = reply(std::move((*object)->what));
    }
  }
  if (!reader.rest().empty()) {
    actions = fail({errc::malformed, "bytes after the end of an answer"});
    return;
  }
  const auto* exception = answer->exception();
  // The server closes after a half answer; after its own failure it may take the rest of our
  // request for the next message.
  const bool lost = aborted || (exception && exception->from_transport() && pending_.has_objects);
  state_ = lost ? state::broken : state::ready;
  incoming_.reset();
  actions.emplace_back(call_replied{std::move(*answer)});
}

transport_actions transport_machine::end_of_stream() {
  if (state_ == state::broken) return {};
  if (state_ == state::handshaking) {
    if (!buffer_.empty()) return fail(not_jmx());
    return fail({errc::not_jmx,
                 "the peer closed the connection during the JRMP handshake: it may want TLS, or is "
                 "not JMX"});
  }
  const auto step = waiting_for();
  return fail({errc::closed, step.empty() ? "the server closed an idle connection"
                                          : "the server closed the connection before the " + step});
}

transport_actions transport_machine::deadline_passed() {
  switch (state_) {
    case state::handshaking:
      if (!buffer_.empty() && buffer_.front() != handshake_accepted) return fail(not_jmx());
      return fail({errc::handshake_timed_out, "timed out waiting for the JRMP handshake"});
    case state::calling:
    case state::pinging:
      return fail({errc::call_timed_out, "timed out waiting for the " + waiting_for()});
    default:
      return {};
  }
}

std::string transport_machine::waiting_for() const {
  switch (state_) {
    case state::handshaking:
      return "JRMP handshake";
    case state::calling:
      return std::string("answer of ") + pending_.name;
    case state::pinging:
      return "answer of a ping";
    default:
      return {};
  }
}

transport_actions transport_machine::fail(error failure) {
  state_ = state::broken;
  incoming_.reset();
  buffer_.clear();
  return {transport_failed{std::move(failure)}};
}

// What the peer is, judged by what it said instead of a JRMP acknowledgement.
error transport_machine::not_jmx() const {
  const std::string_view seen = buffer_;
  const char* what = "something else than JRMP";
  if (seen.front() == handshake_refused) {
    what = "JRMP, but refuses the stream protocol";
  } else if (seen.starts_with("HTTP") || seen.starts_with('<')) {
    what = "HTTP";
  } else if (seen.size() >= 2 && (seen[0] == 0x15 || seen[0] == 0x16) && seen[1] == 3) {
    what = "TLS: switch TLS on for this node";
  } else if (seen.starts_with("SSH-")) {
    what = "SSH";
  } else if (static_cast<std::uint8_t>(seen[0]) >= 0x81 &&
             static_cast<std::uint8_t>(seen[0]) <= 0x86) {
    what = "CQL: this is not the JMX port";
  }
  return {errc::not_jmx, std::string("the port speaks ") + what};
}

}  // namespace helenus::jmx
