#pragma once

#include "fuzz/jmx/java_object.h"
#include "jmx/rmi/transport_machine.h"

#include <string_view>

namespace helenus::jmx::fuzz {

/// Plays a peer: the first byte chooses the call and how the rest is cut, the rest is what the peer
/// sends, from the handshake on. Calls follow each other as long as the peer answers.
inline void talk_jrmp(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto choice = static_cast<unsigned char>(bytes[0]);
  bytes.remove_prefix(1);
  const std::size_t piece = 1 + (choice >> 2) * std::size_t{16};
  transport_machine machine(small_limits());
  machine.start();
  while (!bytes.empty()) {
    if (machine.usable()) {
      if ((choice & 3) == 3) {
        machine.ping();
      } else {
        machine.call({"call", "", static_cast<returns>(choice & 3), true, true, false});
      }
    }
    for (const auto& action : machine.receive(bytes.substr(0, piece))) {
      const auto* replied = std::get_if<call_replied>(&action);
      if (!replied) continue;
      if (const auto answer = replied->answer.outcome()) look_at(*answer);
    }
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  machine.end_of_stream();
  HELENUS_ASSERT(machine.current() == transport_machine::state::broken);
}

}  // namespace helenus::jmx::fuzz
