#pragma once

#include "model/ring.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace helenus::test {

struct datacenter_layout {
  std::string name = "dc1";
  int nodes = 3;
  int racks = 1;
};

/// How an invented ring looks. The same layout always gives the same ring.
struct ring_layout {
  std::vector<datacenter_layout> datacenters{{}};
  int tokens_per_node = 16;
  bool even_tokens = false;  ///< equal ranges, owners in turn; else random tokens
  model::partitioner kind = model::partitioner::murmur3;
  std::string release_version = "5.0.9";
  std::uint64_t seed = 1;
};

/// Copies per datacenter.
using replication = std::map<std::string, int>;

/// Nodes 10.D.H.L (datacenter D, number H * 250 + L), alive and normal, with host ids and tokens.
model::ring make_ring(const ring_layout& layout);

/// A random position on the ring from 64 or 127 of `random`'s bits.
model::token make_token(model::partitioner kind, std::uint64_t high, std::uint64_t low);

/// Sets `tokens` from the tokens of the nodes that are normal or leaving.
void collect_tokens(model::ring& ring);

/// Where a keyspace lies, as NetworkTopologyStrategy places it: walking the ring from the end of
/// the range, in each datacenter nodes of racks not yet used come first. Replica sets are shared.
model::keyspace_ring place_keyspace(const model::ring& ring, const replication& copies);

}  // namespace helenus::test
