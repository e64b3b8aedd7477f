#pragma once

#include "model/ring.h"

#include <optional>
#include <string>

namespace helenus::repair {

/// Why members of the ring can not repair each other: their versions differ in the internode
/// protocol, and Cassandra streams between equals only (MessagingService.accept_streaming). The
/// sentence names each version and a node of it. Empty when all agree, as 4.0 with 4.1 do, and 5.0
/// in the compatibility mode in which an upgrade from 4.x begins. Members of which gossip says no
/// version are not counted. Pure.
std::optional<std::string> mixed_versions(const model::ring& ring);

}  // namespace helenus::repair
