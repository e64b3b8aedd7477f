#include "deployment/lease_book.h"

#include "base/assert.h"

#include <algorithm>

namespace helenus::deployment {

const lease_book::entry* lease_book::holder(model::run_id run,
                                            const model::node_address& node) const {
  for (const auto& [segment, entry] : entries_) {
    const auto& nodes = entry.what.nodes;
    if (entry.what.run != run) continue;
    if (std::find(nodes.begin(), nodes.end(), node) != nodes.end()) return &entry;
  }
  return nullptr;
}

std::optional<lease_book::handover> lease_book::begin(const storage::node_lease& what,
                                                      bool frees_rest) {
  HELENUS_ASSERT(!what.nodes.empty());
  handover changes;
  auto& moved = changes.moved;
  for (const auto& node : what.nodes) {
    const auto* held = holder(what.run, node);
    if (!held) continue;
    if (!held->is_taken || !held->handed_over) return std::nullopt;
    moved.push_back({node, held->what.segment});
  }
  for (const auto& each : moved) std::erase(entries_.at(each.from).what.nodes, each.node);
  if (frees_rest) changes.freed = take_rest(what.run);
  auto undo = moved;
  undo.insert(undo.end(), changes.freed.begin(), changes.freed.end());
  entries_.insert_or_assign(what.segment, entry{what, std::move(undo), {}, false, false});
  return changes;
}

/// The nodes that segments of the run have handed over and none has taken over.
std::vector<storage::handed_node> lease_book::take_rest(model::run_id run) {
  std::vector<storage::handed_node> rest;
  for (auto& [segment, entry] : entries_) {
    if (entry.what.run != run || !entry.is_taken || !entry.handed_over) continue;
    for (auto& node : entry.what.nodes) rest.push_back({std::move(node), segment});
    entry.what.nodes.clear();
  }
  return rest;
}

void lease_book::taken(model::segment_id segment, time_point when) {
  const auto found = entries_.find(segment);
  if (found == entries_.end()) return;
  found->second.is_taken = true;
  found->second.renewed = when;
  found->second.undo.clear();
}

std::vector<storage::node_lease> lease_book::refused(model::segment_id segment) {
  std::vector<storage::node_lease> unneeded;
  const auto found = entries_.find(segment);
  if (found == entries_.end()) return unneeded;
  const auto gone = std::move(found->second);
  entries_.erase(found);
  for (const auto& each : gone.undo) {
    if (const auto former = entries_.find(each.from); former != entries_.end()) {
      former->second.what.nodes.push_back(each.node);
    } else {
      unneeded.push_back({gone.what.run, each.from, {each.node}});
    }
  }
  return unneeded;
}

bool lease_book::hand_over(model::segment_id segment) {
  const auto found = entries_.find(segment);
  if (found == entries_.end()) return false;
  found->second.handed_over = true;
  return found->second.is_taken;
}

std::optional<storage::node_lease> lease_book::remove(model::segment_id segment) {
  const auto found = entries_.find(segment);
  if (found == entries_.end()) return std::nullopt;
  auto what = std::move(found->second.what);
  entries_.erase(found);
  if (what.nodes.empty()) return std::nullopt;
  return what;
}

void lease_book::renewed(model::segment_id segment, time_point when) {
  const auto found = entries_.find(segment);
  if (found != entries_.end()) found->second.renewed = when;
}

std::vector<storage::node_lease> lease_book::older_than(time_point when) const {
  std::vector<storage::node_lease> due;
  for (const auto& [segment, entry] : entries_) {
    if (!entry.is_taken || entry.handed_over || entry.renewed >= when) continue;
    due.push_back(entry.what);
  }
  return due;
}

bool lease_book::is_current(const storage::node_lease& what) const {
  const auto found = entries_.find(what.segment);
  return found != entries_.end() && found->second.is_taken && !found->second.handed_over &&
         found->second.what.nodes == what.nodes;
}

std::vector<storage::node_lease> lease_book::unneeded() const {
  std::vector<storage::node_lease> rest;
  for (const auto& [segment, entry] : entries_) {
    const bool is_needed = entry.is_taken && !entry.handed_over;
    if (!is_needed && !entry.what.nodes.empty()) rest.push_back(entry.what);
  }
  return rest;
}

}  // namespace helenus::deployment
