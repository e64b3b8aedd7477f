#include "config/schema.h"

#include <array>

namespace helenus::config {
namespace {

constexpr std::array<std::string_view, 4> names{"ALL", "LOCAL", "EACH", "SIDECAR"};

auto text_into(std::string& into) {
  return [&into](reader& from, const YAML::Node& value) {
    std::string given;
    from.text(value, given);
    if (!given.empty()) into = std::move(given);
  };
}

}  // namespace

std::string_view to_text(datacenter_availability value) {
  return names.at(static_cast<std::size_t>(value));
}

std::vector<key> deployment_keys(deployment_settings& into, YAML::Node& availability) {
  return {
      {"datacenterAvailability",
       [&](reader& from, const YAML::Node& value) {
         const auto index = from.one_of(value, names);
         if (index >= names.size()) return;
         into.availability = static_cast<datacenter_availability>(index);
         availability = value;
       }},
      {"enforcedLocalNode", text_into(into.local_node)},
      {"enforcedLocalClusterName", text_into(into.local_cluster)},
      {"enforcedLocalDatacenter", text_into(into.local_datacenter)},
  };
}

void check_deployment(reader& from, const YAML::Node& availability, settings& into) {
  using enum datacenter_availability;
  auto& deployment = into.deployment;
  if (deployment.local_datacenter.empty()) {
    deployment.local_datacenter = into.storage.cassandra.local_datacenter;
  }
  const bool needs_others = deployment.availability == each || deployment.availability == sidecar;
  if (!needs_others || into.storage.type == storage_type::cassandra) return;
  const auto where = availability.Mark();
  from.problems.push_back(
      {where.is_null() ? 0 : where.line + 1, "datacenterAvailability", availability.Scalar(),
       "each instance leaves nodes to others and has to share its state with them: storageType "
       "cassandra is needed; accepted with this storage: ALL, LOCAL"});
}

}  // namespace helenus::config
