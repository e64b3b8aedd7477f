#pragma once

#include "model/ids.h"

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace helenus::repair {

/// Repair commands on nodes that are not ours: nodetool's, another Helenus's. Pure.
///
/// A node's list may be a minute old and one of our commands may be in it before its number is
/// known here, so a command counts as foreign when two looks in a row could not explain it.
class foreign_repairs {
 public:
  /// A look at a node: the commands that it coordinates, and those of them that are ours. `unsure`:
  /// one of ours may have begun there whose number is not known yet.
  void looked(const model::node_address& node, const std::vector<std::int32_t>& running,
              const std::vector<std::int32_t>& ours, bool unsure);
  /// A command of ours ended; the node's list may still show it.
  void ended(const model::node_address& node, std::int32_t number);
  /// "repair command 7, which is not ours, runs on 10.0.0.1"; empty when there is none.
  std::string sentence(const model::node_address& node) const;
  /// Forgets nodes that are not there any more.
  template <class Known>
  void keep(Known known) {
    std::erase_if(nodes_, [&](const auto& entry) { return !known(entry.first); });
  }

 private:
  struct watched {
    std::set<std::int32_t> unexplained;
    std::set<std::int32_t> foreign;
    std::deque<std::int32_t> ended;
  };
  std::map<model::node_address, watched> nodes_;
};

}  // namespace helenus::repair
