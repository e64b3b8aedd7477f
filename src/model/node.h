#pragma once

#include "model/ids.h"
#include "model/token.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace helenus::model {

/// Where a node is in its life, as a node of the cluster sees it (gossip STATUS).
enum class node_mode { normal, joining, leaving, moving, left, unknown };

/// One node of a cluster as another node reports it.
struct node {
  node_address address;
  std::optional<host_id> id;
  std::string datacenter;
  std::string rack;
  node_mode mode = node_mode::unknown;
  bool alive = false;  ///< by the reporting node's failure detector
  std::string load;    ///< "1.23 GiB", as reported; empty when unknown
  std::string release_version;
  /// Of the internode protocol (gossip NET_VERSION); nodes stream to equals only.
  std::optional<int> messaging_version;
  std::vector<token> tokens;
};

}  // namespace helenus::model
