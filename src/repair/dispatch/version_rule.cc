#include "repair/dispatch/version_rule.h"

#include <map>
#include <string_view>

namespace helenus::repair {
namespace {

struct same_protocol {
  const model::node* example = nullptr;
  int members = 0;
};

/// "m12", or "4" from "4.1.3" when gossip does not carry the protocol; empty when nothing is known.
std::string protocol_of(const model::node& node) {
  if (node.messaging_version) return "m" + std::to_string(*node.messaging_version);
  return node.release_version.substr(0, node.release_version.find('.'));
}

}  // namespace

std::optional<std::string> mixed_versions(const model::ring& ring) {
  std::map<std::string, same_protocol> groups;
  for (const auto& node : ring.nodes) {
    if (node.tokens.empty()) continue;
    const auto protocol = protocol_of(node);
    if (protocol.empty()) continue;
    auto& group = groups[protocol];
    if (!group.example) group.example = &node;
    ++group.members;
  }
  if (groups.size() < 2) return std::nullopt;
  std::string text = "nodes of different versions can not stream to each other:";
  std::string_view separator = " ";
  for (const auto& [protocol, group] : groups) {
    text.append(separator).append(group.example->release_version);
    text += " on " + group.example->address;
    if (group.members > 1) text += " and " + std::to_string(group.members - 1) + " more";
    separator = ", ";
  }
  return text;
}

}  // namespace helenus::repair
