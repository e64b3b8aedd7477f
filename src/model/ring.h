#pragma once

#include "model/node.h"
#include "model/token_range.h"

#include <memory>
#include <string>
#include <vector>

namespace helenus::model {

/// A replica of a range: the node's address and its datacenter.
struct replica {
  node_address address;
  std::string datacenter;
  friend auto operator<=>(const replica&, const replica&) = default;
  friend bool operator==(const replica&, const replica&) = default;
};

/// Replicas sorted by address. Shared and immutable: a ring has few distinct sets and many ranges.
using replica_set = std::shared_ptr<const std::vector<replica>>;

/// A range of a keyspace and who replicates it.
struct replica_range {
  token_range range;
  replica_set replicas;
};

/// What the nodes of a cluster look like at one moment, seen by one of them.
struct ring {
  std::string cluster_name;
  partitioner kind = partitioner::murmur3;
  std::string release_version;  ///< of the node that was asked
  std::vector<node> nodes;
  std::vector<token> tokens;  ///< all tokens of the ring, ascending, without duplicates
};

/// How one keyspace lies on the ring at one moment.
struct keyspace_ring {
  partitioner kind = partitioner::murmur3;
  std::vector<token> tokens;          ///< all tokens of the ring, ascending
  std::vector<replica_range> ranges;  ///< a partition of the ring, sorted by range start
  std::string release_version;
};

/// True when the ranges are a partition of the ring, sorted by start, each with replicas.
bool is_complete(const keyspace_ring& ring);

/// The range of the keyspace in which the token lies. The ring must be complete.
const replica_range& find_range(const keyspace_ring& ring, token position);

/// The range of the keyspace that has every token of `inner`; null when `inner` crosses a border.
/// The ring must be complete.
const replica_range* find_enclosing(const keyspace_ring& ring, const token_range& inner);

}  // namespace helenus::model
