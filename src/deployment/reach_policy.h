#pragma once

#include "model/node.h"

#include <optional>
#include <string>

namespace helenus::deployment {

/// Which nodes this instance may call. A segment can be claimed when one of its replicas may be
/// called, since that one coordinates it. Pure; a value.
class reach_policy {
 public:
  /// Every node.
  reach_policy() = default;
  /// Nodes of one datacenter.
  static reach_policy of_datacenter(std::string name);
  /// One node, whatever its address; `address` is where its ring saw it last.
  static reach_policy of_node(model::host_id id, model::node_address address = {});

  bool may_call(const model::node& node) const;
  /// True when some nodes may not be called.
  bool is_limited() const { return !datacenter_.empty() || node_.has_value(); }
  /// Empty: no datacenter is ours.
  const std::string& datacenter() const { return datacenter_; }
  const std::optional<model::host_id>& node() const { return node_; }
  /// That of node() while no ring tells it; may be empty.
  const model::node_address& node_address() const { return address_; }

 private:
  std::string datacenter_;
  std::optional<model::host_id> node_;
  model::node_address address_;
};

/// For what works alone.
inline const reach_policy every_node;

}  // namespace helenus::deployment
