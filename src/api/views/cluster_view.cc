#include "api/views/cluster_view.h"

#include "api/views/run_view.h"
#include "api/views/schedule_view.h"

#include <array>
#include <charconv>
#include <map>
#include <utility>

namespace helenus::api {
namespace {

std::string_view mode_text(model::node_mode mode) {
  switch (mode) {
    case model::node_mode::normal:
      return "NORMAL";
    case model::node_mode::joining:
      return "JOINING";
    case model::node_mode::leaving:
      return "LEAVING";
    case model::node_mode::moving:
      return "MOVING";
    case model::node_mode::left:
      return "LEFT";
    case model::node_mode::unknown:
      break;
  }
  return "UNKNOWN";
}

std::string_view or_not_available(std::string_view text) {
  return text.empty() ? std::string_view("Not available") : text;
}

void write_endpoint(json_writer& out, const model::node& node) {
  out.begin_object();
  out.key("endpoint").text(node.address);
  out.key("hostId").text(node.id ? node.id->value().to_string() : "Not available");
  out.key("dc").text(or_not_available(node.datacenter));
  out.key("rack").text(or_not_available(node.rack));
  out.key("status").text(std::string(mode_text(node.mode)) + (node.alive ? " - UP" : " - DOWN"));
  out.key("severity").number(0.0);
  out.key("releaseVersion").text(or_not_available(node.release_version));
  out.key("tokens").text(std::to_string(node.tokens.size()));
  out.key("load").number(load_in_bytes(node.load));
  out.key("type").text("CASSANDRA");
  out.end_object();
}

void write_nodes(json_writer& out, told_ring told) {
  const auto& [ring, source] = told;
  using rack_nodes = std::map<std::string, std::vector<const model::node*>>;
  std::map<std::string, rack_nodes> by_datacenter;
  double total_load = 0;
  for (const auto& node : ring.nodes) {
    total_load += load_in_bytes(node.load);
    if (node.mode != model::node_mode::left)
      by_datacenter[node.datacenter][node.rack].push_back(&node);
  }
  out.begin_object();
  out.key("sourceNode").text(source);
  out.key("endpoints").begin_object();
  for (const auto& [datacenter, racks] : by_datacenter) {
    out.key(datacenter).begin_object();
    for (const auto& [rack, nodes] : racks) {
      out.key(rack).begin_array();
      for (const auto* node : nodes) write_endpoint(out, *node);
      out.end_array();
    }
    out.end_object();
  }
  out.end_object();
  out.key("totalLoad").number(total_load);
  out.key("endpointNames").begin_array();
  for (const auto& node : ring.nodes) {
    if (node.mode != model::node_mode::left) out.text(node.address);
  }
  out.end_array();
  out.end_object();
}

}  // namespace

double load_in_bytes(std::string_view load) {
  double value = 0;
  std::string number(load.substr(0, load.find(' ')));
  for (auto& letter : number) letter = letter == ',' ? '.' : letter;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
  if (parsed.ec != std::errc{} || !(value >= 0 && value < 1e18)) return 0;
  const auto space = load.find(' ');
  const auto unit = space == std::string_view::npos ? std::string_view{} : load.substr(space + 1);
  constexpr double step = 1024;
  constexpr std::array<std::pair<char, double>, 4> factors{{{'K', step},
                                                            {'M', step * step},
                                                            {'G', step * step * step},
                                                            {'T', step * step * step * step}}};
  for (const auto& [letter, factor] : factors) {
    if (unit.starts_with(letter)) return value * factor;
  }
  return value;
}

void write_cluster(json_writer& out, const model::cluster& cluster, const shown_login& login,
                   const repairs_of_cluster& repairs, told_ring nodes, model::wall_time now,
                   members wanted) {
  out.begin_object();
  out.key("name").text(cluster.name);
  out.key("jmx_username").text(login.username);
  out.key("jmx_password_is_set").flag(login.has_password);
  write_list(out.key("seed_hosts"), cluster.seed_hosts);
  out.key("repair_runs").begin_array();
  for (const auto& run : repairs.runs) write_run(out, run, now, wanted);
  out.end_array();
  out.key("repair_schedules").begin_array();
  for (const auto& schedule : repairs.schedules) write_schedule(out, schedule);
  out.end_array();
  out.key("nodes_status").begin_object();
  out.key("endpointStates").begin_array();
  write_nodes(out, nodes);
  out.end_array();
  out.end_object();
  out.end_object();
}

}  // namespace helenus::api
