#pragma once

#include "model/ids.h"

#include <chrono>
#include <set>
#include <string>

namespace helenus::model {

/// What is repaired and how: the part of a run that does not change from run to run.
struct repair_unit {
  unit_id id;
  std::string cluster_name;
  std::string keyspace;
  std::set<std::string> tables;  ///< empty: all tables
  std::set<std::string> excluded_tables;
  std::set<std::string> nodes;        ///< empty: all; else only ranges that these replicate
  std::set<std::string> datacenters;  ///< empty: all
  bool incremental = false;
  bool subrange_incremental = false;
  int repair_thread_count = 1;       ///< jobThreads, 1..4
  std::chrono::minutes timeout{30};  ///< of one segment's first attempt

  /// Incremental, and a segment is a whole node, as Cassandra Reaper plans it.
  bool is_by_node() const { return incremental && !subrange_incremental; }
  /// Everything but the id.
  bool same_content(const repair_unit& other) const {
    auto copy = other;
    copy.id = id;
    return *this == copy;
  }
  friend bool operator==(const repair_unit&, const repair_unit&) = default;
};

}  // namespace helenus::model
