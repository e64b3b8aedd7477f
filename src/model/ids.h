#pragma once

#include "base/strong_id.h"
#include "base/uuid.h"

#include <string>

namespace helenus::model {

using base::uuid;

/// Version 1 uuids: a smaller timestamp means created earlier.
using run_id = base::strong_id<struct run_tag, uuid>;
using segment_id = base::strong_id<struct segment_tag, uuid>;
using unit_id = base::strong_id<struct unit_tag, uuid>;
using schedule_id = base::strong_id<struct schedule_tag, uuid>;

/// A node's identity in its cluster: it survives restarts and changes of address.
using host_id = base::strong_id<struct host_tag, uuid>;

/// A node's address as its cluster writes it in ring and gossip: "10.0.0.1", "fd00::1". Text,
/// because it is compared, stored and shown as Cassandra says it; it is resolved only to connect.
using node_address = std::string;

}  // namespace helenus::model
