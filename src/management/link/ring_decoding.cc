#include "management/link/ring_decoding.h"

#include "management/errc.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

namespace helenus::management::link {
namespace {

using states_by_address = std::map<model::node_address, endpoint_state>;

/// The part before `separator`, which is removed from `text` with it.
std::string_view take_until(std::string_view& text, char separator) {
  const auto at = text.find(separator);
  const auto part = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return part;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::optional<int> small_number(std::string_view text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void set_state(endpoint_state& state, std::string_view name, std::string_view value) {
  if (name == "DC") state.datacenter = value;
  if (name == "RACK") state.rack = value;
  if (name == "LOAD") state.load = value;
  if (name == "RELEASE_VERSION") state.release_version = value;
  if (name == "NET_VERSION") state.net_version = value;
  if (name == "HOST_ID") state.host_id = value;
  if (name == "STATUS" || name == "STATUS_WITH_PORT") state.status = take_until(value, ',');
}

result<model::partitioner> read_partitioner(const std::string& name) {
  const auto kind = model::parse_partitioner(name);
  if (!kind) return error{errc::unsupported, kind.error().message()};
  return *kind;
}

result<model::token> read_token(const std::string& text, model::partitioner kind) {
  const auto token = model::token::parse(text, kind);
  if (!token) return error{errc::unexpected_answer, "in the ring: " + token.error().message()};
  return *token;
}

std::set<model::node_address> addresses(const std::vector<std::string>& endpoints) {
  std::set<model::node_address> found;
  for (const auto& endpoint : endpoints) found.insert(address_of_endpoint(endpoint));
  return found;
}

/// The lists that say of which nodes something is true.
struct membership {
  explicit membership(const ring_facts& facts)
      : live(addresses(facts.live)),
        joining(addresses(facts.joining)),
        leaving(addresses(facts.leaving)),
        moving(addresses(facts.moving)) {}

  model::node_mode mode_of(const model::node& node, const std::string& status) const {
    using model::node_mode;
    if (joining.contains(node.address)) return node_mode::joining;
    if (leaving.contains(node.address)) return node_mode::leaving;
    if (moving.contains(node.address)) return node_mode::moving;
    // A stopped node says "shutdown" but keeps its place in the ring.
    if (!node.tokens.empty()) return node_mode::normal;
    if (status == "LEFT" || status.starts_with("remov")) return node_mode::left;
    return node_mode::unknown;
  }

  std::set<model::node_address> live, joining, leaving, moving;
};

std::map<model::node_address, model::node> nodes_with_ids(const ring_facts& facts) {
  std::map<model::node_address, model::node> nodes;
  for (const auto& [endpoint, id_text] : facts.endpoint_to_host_id) {
    auto& node = nodes[address_of_endpoint(endpoint)];
    if (const auto id = base::uuid::parse(id_text)) node.id = model::host_id(*id);
  }
  return nodes;
}

void add_gossip(model::node& node, const ring_facts& facts, const states_by_address& states) {
  if (const auto load = facts.load.find(node.address); load != facts.load.end()) {
    node.load = load->second;
  }
  const auto state = states.find(node.address);
  if (state == states.end()) return;
  node.datacenter = state->second.datacenter;
  node.rack = state->second.rack;
  node.release_version = state->second.release_version;
  node.messaging_version = small_number(state->second.net_version);
  if (node.id) return;
  if (const auto id = base::uuid::parse(state->second.host_id)) node.id = model::host_id(*id);
}

/// Ranges in order must touch: each ends where the next begins, the last where the first begins.
result<void> check_partition(const std::vector<model::replica_range>& ranges) {
  for (std::size_t index = 0; index < ranges.size(); ++index) {
    const auto& next = ranges[(index + 1) % ranges.size()];
    if (ranges[index].range.end != next.range.start) {
      return error{errc::unexpected_answer,
                   "the ranges of the keyspace leave a gap or overlap between " +
                       ranges[index].range.to_string() + " and " + next.range.to_string()};
    }
  }
  return {};
}

/// Shares equal replica sets: a ring has many ranges and few sets.
class replica_sets {
 public:
  explicit replica_sets(const states_by_address& states) : states_(states) {}

  model::replica_set of(const std::vector<std::string>& endpoints) {
    std::vector<model::replica> replicas;
    replicas.reserve(endpoints.size());
    for (const auto& endpoint : endpoints) {
      auto address = address_of_endpoint(endpoint);
      const auto state = states_.find(address);
      replicas.push_back(
          {std::move(address), state == states_.end() ? std::string{} : state->second.datacenter});
    }
    std::sort(replicas.begin(), replicas.end());
    replicas.erase(std::unique(replicas.begin(), replicas.end()), replicas.end());
    auto& shared = sets_[replicas];
    if (!shared) shared = std::make_shared<const std::vector<model::replica>>(replicas);
    return shared;
  }

 private:
  const states_by_address& states_;
  std::map<std::vector<model::replica>, model::replica_set> sets_;
};

result<std::vector<model::token>> read_tokens(const ring_facts& facts, model::partitioner kind) {
  std::vector<model::token> tokens;
  tokens.reserve(facts.token_to_endpoint.size());
  for (const auto& [text, endpoint] : facts.token_to_endpoint) {
    TRY(token, read_token(text, kind));
    tokens.push_back(token);
  }
  std::sort(tokens.begin(), tokens.end());
  if (tokens.empty()) return error{errc::unexpected_answer, "the ring has no token"};
  return tokens;
}

}  // namespace

model::node_address address_of_endpoint(std::string_view text) {
  if (const auto slash = text.rfind('/'); slash != std::string_view::npos) {
    text.remove_prefix(slash + 1);
  }
  if (text.starts_with('[')) return std::string(text.substr(1, text.find(']') - 1));
  // One colon is a port; more are an IPv6 address.
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && colon == text.rfind(':')) text = text.substr(0, colon);
  return std::string(text);
}

std::map<model::node_address, endpoint_state> parse_endpoint_states(std::string_view text) {
  states_by_address states;
  endpoint_state* current = nullptr;
  while (!text.empty()) {
    auto line = take_until(text, '\n');
    if (trimmed(line).empty()) continue;
    const bool indented = line.front() == ' ' || line.front() == '\t';
    if (!indented) {
      current = &states[address_of_endpoint(trimmed(line))];
      continue;
    }
    if (current == nullptr) continue;
    auto rest = trimmed(line);
    const auto name = take_until(rest, ':');
    take_until(rest, ':');  // the version; "generation" and "heartbeat" have none and no reader
    set_state(*current, name, rest);
  }
  return states;
}

result<model::ring> read_ring(const ring_facts& facts) {
  TRY(kind, read_partitioner(facts.partitioner_name));
  TRY(tokens, read_tokens(facts, kind));
  auto nodes = nodes_with_ids(facts);
  for (const auto& [text, endpoint] : facts.token_to_endpoint) {
    TRY(token, read_token(text, kind));
    nodes[address_of_endpoint(endpoint)].tokens.push_back(token);
  }
  const auto& states = facts.states;
  const membership members(facts);
  model::ring ring{facts.cluster_name, kind, facts.release_version, {}, std::move(tokens)};
  for (auto& [address, node] : nodes) {
    node.address = address;
    node.alive = members.live.contains(address);
    add_gossip(node, facts, states);
    const auto state = states.find(address);
    node.mode = members.mode_of(node, state == states.end() ? "" : state->second.status);
    std::sort(node.tokens.begin(), node.tokens.end());
    ring.nodes.push_back(std::move(node));
  }
  return ring;
}

result<model::keyspace_ring> read_keyspace_ring(const ring_facts& facts,
                                                const std::vector<range_fact>& ranges) {
  TRY(kind, read_partitioner(facts.partitioner_name));
  replica_sets sets(facts.states);
  model::keyspace_ring ring{kind, {}, {}, facts.release_version};
  ring.ranges.reserve(ranges.size());
  for (const auto& fact : ranges) {
    TRY(start, read_token(fact.start, kind));
    TRY(end, read_token(fact.end, kind));
    ring.ranges.push_back({{start, end}, sets.of(fact.endpoints)});
  }
  if (ring.ranges.empty()) return error{errc::unexpected_answer, "the keyspace has no ranges"};
  std::sort(ring.ranges.begin(), ring.ranges.end(),
            [](const auto& left, const auto& right) { return left.range < right.range; });
  TRY_VOID(check_partition(ring.ranges));
  // Not those of the nodes: gossip may know nothing of one that is away.
  for (const auto& owned : ring.ranges) ring.tokens.push_back(owned.range.end);
  std::sort(ring.tokens.begin(), ring.tokens.end());
  return ring;
}

}  // namespace helenus::management::link
