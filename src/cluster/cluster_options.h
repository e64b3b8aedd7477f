#pragma once

#include <chrono>
#include <cstddef>

namespace helenus::cluster {

/// How often and how hard clusters are looked at.
struct cluster_options {
  std::chrono::seconds ring_age{60};        ///< a ring view older than this is read again
  std::chrono::minutes keyspace_age{10};    ///< ranges of a keyspace while the ring is the same
  std::chrono::seconds sample_interval{5};  ///< between two samples of one watched node
  std::chrono::seconds sample_age{20};      ///< a sample older than this says nothing
  std::chrono::seconds ask_timeout{20};     ///< one question to one node, connecting included
  std::chrono::minutes repair_list_interval{1};  ///< between two looks at a node's running repairs
  std::size_t questions_at_once = 16;            ///< samples being taken at the same time
  bool dynamic_seeds = true;                     ///< keep the stored seeds equal to the live nodes
};

}  // namespace helenus::cluster
