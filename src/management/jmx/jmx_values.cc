#include "management/jmx/jmx_values.h"

#include "management/errc.h"

#include <charconv>

namespace helenus::management::jmx {
namespace {

using ::helenus::jmx::value;

error unexpected(std::string_view what, const error& why) {
  return {errc::unexpected_answer, std::string(what) + ": " + why.message()};
}

std::string text_or_nothing(const std::map<std::string, std::string>& from, const char* key) {
  const auto found = from.find(key);
  return found == from.end() ? std::string{} : found->second;
}

}  // namespace

attribute_set::attribute_set(std::vector<std::pair<std::string, value>> attributes) {
  for (auto& [name, content] : attributes) attributes_[name] = std::move(content);
}

template <class Value>
result<Value> attribute_set::read(const std::string& name,
                                  result<Value> (value::*how)() const) const {
  const auto found = attributes_.find(name);
  if (found == attributes_.end()) {
    return error{errc::unexpected_answer, "the node did not answer the attribute " + name};
  }
  auto content = (found->second.*how)();
  if (!content) return unexpected(name, content.error());
  return content;
}

result<std::string> attribute_set::text(const std::string& name) const {
  return read(name, &value::as_string);
}

result<std::vector<std::string>> attribute_set::texts(const std::string& name) const {
  return read(name, &value::as_strings);
}

result<std::map<std::string, std::string>> attribute_set::text_map(const std::string& name) const {
  return read(name, &value::as_string_map);
}

result<node_identity> read_identity(const attribute_set& service, std::int64_t jvm_start_ms) {
  TRY(id_text, service.text("LocalHostId"));
  const auto id = base::uuid::parse(id_text);
  if (!id) return unexpected("LocalHostId", id.error());
  TRY(cluster_name, service.text("ClusterName"));
  TRY(version, service.text("ReleaseVersion"));
  TRY(mode, service.text("OperationMode"));
  TRY(partitioner_name, service.text("PartitionerName"));
  TRY(addresses, service.text_map("HostIdToEndpoint"));
  const auto kind = model::parse_partitioner(partitioner_name);
  if (!kind) return error{errc::unsupported, kind.error().message()};
  return node_identity{
      .cluster_name = std::move(cluster_name),
      .id = model::host_id(*id),
      // A node that has not joined yet is not in the map.
      .address = link::address_of_endpoint(text_or_nothing(addresses, id_text.c_str())),
      .release_version = std::move(version),
      .kind = *kind,
      .operation_mode = std::move(mode),
      .jvm_start = model::wall_time(std::chrono::milliseconds(jvm_start_ms))};
}

result<link::ring_facts> read_ring_facts(const attribute_set& service,
                                         std::string_view endpoint_states) {
  link::ring_facts facts;
  TRY(cluster_name, service.text("ClusterName"));
  TRY(partitioner_name, service.text("PartitionerName"));
  TRY(version, service.text("ReleaseVersion"));
  TRY(tokens, service.text_map("TokenToEndpointMap"));
  TRY(host_ids, service.text_map("EndpointToHostId"));
  TRY(load, service.text_map("LoadMap"));
  TRY(live, service.texts("LiveNodes"));
  TRY(joining, service.texts("JoiningNodes"));
  TRY(leaving, service.texts("LeavingNodes"));
  TRY(moving, service.texts("MovingNodes"));
  facts.cluster_name = std::move(cluster_name);
  facts.partitioner_name = std::move(partitioner_name);
  facts.release_version = std::move(version);
  facts.token_to_endpoint = std::move(tokens);
  facts.endpoint_to_host_id = std::move(host_ids);
  facts.load = std::move(load);
  facts.live = std::move(live);
  facts.joining = std::move(joining);
  facts.leaving = std::move(leaving);
  facts.moving = std::move(moving);
  facts.states = link::parse_endpoint_states(endpoint_states);
  return facts;
}

result<std::vector<link::range_fact>> read_ranges(const value& answer) {
  const auto entries = answer.entries();
  if (!entries) return unexpected("getRangeToEndpointMap", entries.error());
  std::vector<link::range_fact> ranges;
  ranges.reserve(entries->size());
  for (const auto& [key, owners] : *entries) {
    auto ends = key.as_strings();
    auto endpoints = owners.as_strings();
    if (!ends) return unexpected("a range", ends.error());
    if (!endpoints) return unexpected("the owners of a range", endpoints.error());
    if (ends->size() != 2) return error{errc::unexpected_answer, "a range has not two ends"};
    ranges.push_back({std::move((*ends)[0]), std::move((*ends)[1]), std::move(*endpoints)});
  }
  return ranges;
}

result<std::vector<link::running_compaction>> read_compactions(const value& answer) {
  const auto rows = answer.elements();
  if (!rows) return unexpected("Compactions", rows.error());
  std::vector<link::running_compaction> running;
  for (const auto& row : *rows) {
    const auto texts = row.as_string_map();
    if (!texts) return unexpected("Compactions", texts.error());
    running.push_back({text_or_nothing(*texts, "compactionId"), text_or_nothing(*texts, "keyspace"),
                       text_or_nothing(*texts, "columnfamily"),
                       text_or_nothing(*texts, "taskType")});
  }
  return running;
}

link::service_notification read_notification(const ::helenus::jmx::notification& said) {
  link::service_notification plain{said.type, said.source, said.message, said.number,
                                   said.time, {},          {},           {}};
  const auto entries = said.user_data.entries();
  if (!entries) return plain;
  for (const auto& [key, content] : *entries) {
    const auto name = key.as_string();
    const auto number = content.as_int();
    if (!name || !number) continue;
    if (*name == "type") plain.kind = *number;
    if (*name == "progressCount") plain.done = *number;
    if (*name == "total") plain.total = *number;
  }
  return plain;
}

std::optional<std::int32_t> command_of_mbean(std::string_view type) {
  constexpr std::string_view prefix = "Repair#";
  if (!type.starts_with(prefix)) return std::nullopt;
  type.remove_prefix(prefix.size());
  std::int32_t number = 0;
  const auto [end, failure] = std::from_chars(type.data(), type.data() + type.size(), number);
  if (failure != std::errc{} || end != type.data() + type.size()) return std::nullopt;
  return number;
}

}  // namespace helenus::management::jmx
