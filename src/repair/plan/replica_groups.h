#pragma once

#include "model/repair_unit.h"
#include "model/ring.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace helenus::repair {

/// The ranges of a keyspace grouped by replica set, and what a unit's filters leave of each set.
/// Large rings have hundreds of thousands of ranges, so sets are compared once and then by number.
class replica_groups {
 public:
  /// `ring` must be complete and outlive this.
  replica_groups(const model::keyspace_ring& ring, const model::repair_unit& unit);

  std::size_t size() const { return chosen_.size(); }
  /// The group of the range with this index.
  std::size_t group_of(std::size_t range) const { return group_of_[range]; }
  /// The replicas of that range in the unit's datacenters; null when the range is none of the
  /// unit's nodes'.
  const model::replica_set& chosen(std::size_t range) const { return chosen_[group_of_[range]]; }
  /// Indexes of ranges: groups in the order of their first range, each in the order of the ring.
  std::vector<std::uint32_t> in_order() const;

  /// Nodes that replicate something of the keyspace, before any filter.
  std::size_t node_count() const { return node_count_; }
  /// Named by the unit, but without any range.
  const std::vector<model::node_address>& absent_nodes() const { return absent_nodes_; }
  const std::vector<std::string>& absent_datacenters() const { return absent_datacenters_; }
  /// A range to repair without a replica in the unit's datacenters; null when there is none.
  const model::token_range* range_outside_datacenters() const;

 private:
  void number_groups();
  void apply_filters(const model::repair_unit& unit);

  const model::keyspace_ring& ring_;
  std::vector<std::uint32_t> group_of_;
  std::vector<model::replica_set> sets_;    // of a group, complete
  std::vector<model::replica_set> chosen_;  // of a group, filtered
  std::size_t node_count_ = 0;
  std::vector<model::node_address> absent_nodes_;
  std::vector<std::string> absent_datacenters_;
};

}  // namespace helenus::repair
