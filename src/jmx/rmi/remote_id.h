#pragma once

#include <array>
#include <cstdint>

namespace helenus::jmx {

/// An RMI ObjID: 22 bytes that name an exported object. The one of an RMIConnection is the
/// authorization itself: never log it.
struct remote_id {
  std::array<std::uint8_t, 22> bytes{};

  friend bool operator==(const remote_id&, const remote_id&) = default;
};

/// The registry's well-known id.
inline constexpr remote_id registry_id{};

}  // namespace helenus::jmx
