#pragma once

#include "base/clock.h"
#include "model/node.h"
#include "model/token_range.h"

#include <string>
#include <vector>

namespace helenus::test {

/// What a fake cluster has really repaired, whatever anybody was told about it.
class repair_ledger {
 public:
  explicit repair_ledger(model::partitioner kind) : kind_(kind) {}

  void add(const std::string& keyspace, const std::vector<std::string>& tables,
           const std::vector<model::token_range>& ranges);

  /// A part of the ring and how often it was repaired.
  struct piece {
    model::token_range range;
    int times = 0;
  };
  /// The whole ring in ascending order, cut where the number changes.
  std::vector<piece> pieces(const std::string& keyspace, const std::string& table) const;

  /// Empty when each token of each table was repaired exactly once; else the first that was not.
  std::string not_exactly_once(const std::string& keyspace,
                               const std::vector<std::string>& tables) const;
  /// Empty when each token of each table was repaired; else the first that was not.
  std::string never_repaired(const std::string& keyspace,
                             const std::vector<std::string>& tables) const;
  /// Ranges times tables.
  std::size_t size() const { return entries_.size(); }

 private:
  struct entry {
    std::string keyspace;
    std::string table;
    model::token_range range;
  };
  std::string find_piece(const std::string& keyspace, const std::vector<std::string>& tables,
                         bool (*wrong)(int times)) const;

  model::partitioner kind_;
  std::vector<entry> entries_;
};

}  // namespace helenus::test
