#include "deployment/reach_policy.h"

#include <utility>

namespace helenus::deployment {

reach_policy reach_policy::of_datacenter(std::string name) {
  reach_policy made;
  made.datacenter_ = std::move(name);
  return made;
}

reach_policy reach_policy::of_node(model::host_id id, model::node_address address) {
  reach_policy made;
  made.node_ = id;
  made.address_ = std::move(address);
  return made;
}

bool reach_policy::may_call(const model::node& node) const {
  if (node_) return node.id == *node_;
  return datacenter_.empty() || node.datacenter == datacenter_;
}

}  // namespace helenus::deployment
