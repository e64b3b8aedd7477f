#include "management/http/api_values.h"

#include "management/errc.h"
#include "management/link/quirks.h"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <set>

namespace helenus::management::http {
namespace {

error unexpected(std::string what) { return {errc::unexpected_answer, std::move(what)}; }

std::string value_in(const endpoint_values& endpoint, const std::string& name) {
  const auto found = endpoint.find(name);
  return found == endpoint.end() ? std::string{} : found->second;
}

/// "NORMAL" of "NORMAL,-9223372036854775808". Cassandra 4.0 and later say it twice.
std::string status_of(const endpoint_values& endpoint) {
  auto status = value_in(endpoint, "STATUS_WITH_PORT");
  if (status.empty()) status = value_in(endpoint, "STATUS");
  return status.substr(0, status.find(','));
}

bool is_joining(const std::string& status) { return status == "BOOT" || status == "BOOT_REPLACE"; }
/// Gossip remembers for days who left.
bool has_left(const std::string& status) { return status == "LEFT" || status == "removed"; }

std::string operation_mode_of(const std::string& status) {
  if (is_joining(status)) return "JOINING";
  if (status.empty() || status == "hibernate") return "STARTING";
  if (status == "shutdown") return "DRAINED";
  return status;
}

std::vector<std::string> tokens_of(const endpoint_values& endpoint) {
  std::vector<std::string> tokens;
  const auto text = value_in(endpoint, "TOKENS");
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    auto token = text.substr(begin, end - begin);
    token.erase(0, std::min(token.find_first_not_of(' '), token.size()));
    // A coordinator without data has none, which some servers write as "null".
    if (!token.empty() && token != "null") tokens.push_back(std::move(token));
    begin = end + 1;
  }
  return tokens;
}

result<const boost::json::array*> list_in(const boost::json::value& value, std::string_view name) {
  const auto* object = value.if_object();
  const auto* member = object == nullptr ? nullptr : object->if_contains(name);
  const auto* list = member == nullptr ? nullptr : member->if_array();
  if (list == nullptr) return unexpected("no list '" + std::string(name) + "' in the answer");
  return list;
}

result<std::string> read_token(const boost::json::value& value) {
  if (const auto* number = value.if_int64()) return std::to_string(*number);
  return unexpected("a token is not a 64-bit number");
}

result<link::range_fact> read_range(const boost::json::value& item) {
  TRY(tokens, list_in(item, "tokens"));
  TRY(endpoints, list_in(item, "endpoints"));
  if (tokens->size() != 2) return unexpected("a range without two tokens");
  TRY(start, read_token((*tokens)[0]));
  TRY(end, read_token((*tokens)[1]));
  link::range_fact range{std::move(start), std::move(end), {}};
  for (const auto& endpoint : *endpoints) {
    const auto* text = endpoint.if_string();
    if (text == nullptr) return unexpected("an endpoint of a range is not a text");
    range.endpoints.emplace_back(*text);
  }
  return range;
}

/// Of a ring with Murmur3, whose tokens have 64 bits.
std::int64_t number(const model::token& position) {
  return static_cast<std::int64_t>(position.value());
}

boost::json::array names(const std::vector<std::string>& from) {
  return boost::json::array(from.begin(), from.end());
}

}  // namespace

result<boost::json::value> parse(std::string_view json) {
  boost::system::error_code failure;
  auto value = boost::json::parse(json, failure);
  if (failure) return unexpected("not JSON: " + failure.message());
  return value;
}

std::string text_in(const boost::json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  const auto* text = member == nullptr ? nullptr : member->if_string();
  return text == nullptr ? std::string{} : std::string(*text);
}

std::int64_t number_in(const boost::json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  if (member == nullptr) return 0;
  if (const auto* number = member->if_int64()) return *number;
  const auto text = text_in(object, name);
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc{} ? number : 0;
}

result<std::vector<endpoint_values>> read_endpoints(std::string_view json) {
  TRY(value, parse(json));
  TRY(list, list_in(value, "entity"));
  std::vector<endpoint_values> endpoints;
  for (const auto& item : *list) {
    const auto* object = item.if_object();
    if (object == nullptr) return unexpected("an endpoint is not an object");
    auto& endpoint = endpoints.emplace_back();
    for (const auto& member : *object) {
      if (const auto* text = member.value().if_string()) endpoint[member.key()] = *text;
    }
    if (value_in(endpoint, "ENDPOINT_IP").empty()) return unexpected("an endpoint has no address");
  }
  return endpoints;
}

result<node_identity> read_identity(const std::vector<endpoint_values>& endpoints) {
  const auto local = std::find_if(endpoints.begin(), endpoints.end(), [](const auto& endpoint) {
    return value_in(endpoint, "IS_LOCAL") == "true";
  });
  const auto id = local == endpoints.end() ? result<base::uuid>(error{})
                                           : base::uuid::parse(value_in(*local, "HOST_ID"));
  if (!id) return error{errc::node_unreachable, "Cassandra is not ready: it has no host id yet"};
  node_identity identity;
  identity.cluster_name = value_in(*local, "CLUSTER_NAME");
  identity.id = model::host_id(*id);
  identity.address = value_in(*local, "ENDPOINT_IP");
  identity.release_version = value_in(*local, "RELEASE_VERSION");
  identity.operation_mode = operation_mode_of(status_of(*local));
  const auto kind = model::parse_partitioner(value_in(*local, "PARTITIONER"));
  if (!kind) return error{errc::unsupported, kind.error().message()};
  if (*kind != model::partitioner::murmur3) {
    return error{errc::unsupported,
                 "the management API knows the tokens of Murmur3Partitioner only; this cluster has "
                 "RandomPartitioner, which can be repaired over JMX"};
  }
  identity.kind = *kind;
  return identity;
}

link::ring_facts read_ring_facts(const std::vector<endpoint_values>& endpoints) {
  link::ring_facts facts;
  for (const auto& endpoint : endpoints) {
    const auto status = status_of(endpoint);
    if (has_left(status)) continue;
    const auto address = value_in(endpoint, "ENDPOINT_IP");
    if (value_in(endpoint, "IS_LOCAL") == "true") {
      facts.cluster_name = value_in(endpoint, "CLUSTER_NAME");
      facts.partitioner_name = value_in(endpoint, "PARTITIONER");
      facts.release_version = value_in(endpoint, "RELEASE_VERSION");
    }
    facts.endpoint_to_host_id[address] = value_in(endpoint, "HOST_ID");
    facts.load[address] = value_in(endpoint, "LOAD");
    if (value_in(endpoint, "IS_ALIVE") == "true") facts.live.push_back(address);
    if (is_joining(status)) facts.joining.push_back(address);
    if (status == "LEAVING" || status == "removing") facts.leaving.push_back(address);
    if (status == "MOVING") facts.moving.push_back(address);
    facts.states[address] = {value_in(endpoint, "DC"),
                             value_in(endpoint, "RACK"),
                             value_in(endpoint, "LOAD"),
                             value_in(endpoint, "RELEASE_VERSION"),
                             value_in(endpoint, "NET_VERSION"),
                             value_in(endpoint, "HOST_ID"),
                             status};
    // A node that joins says its tokens before it has them.
    if (is_joining(status) || status == "hibernate") continue;
    for (auto& token : tokens_of(endpoint)) facts.token_to_endpoint[std::move(token)] = address;
  }
  return facts;
}

result<std::vector<link::range_fact>> read_ranges(std::string_view json) {
  TRY(value, parse(json));
  TRY(list, list_in(value, "token_range_to_endpoints"));
  std::vector<link::range_fact> ranges;
  for (const auto& item : *list) {
    TRY(range, read_range(item));
    ranges.push_back(std::move(range));
  }
  return ranges;
}

result<std::vector<std::string>> read_names(std::string_view json) {
  TRY(value, parse(json));
  const auto* list = value.if_array();
  if (list == nullptr) return unexpected("no list of names in the answer");
  std::vector<std::string> found;
  for (const auto& item : *list) {
    const auto* text = item.if_string();
    if (text == nullptr) return unexpected("a name is not a text");
    found.emplace_back(*text);
  }
  return found;
}

result<std::vector<model::table>> read_tables(const std::string& keyspace, std::string_view json) {
  TRY(value, parse(json));
  const auto* list = value.if_array();
  if (list == nullptr) return unexpected("no list of tables in the answer");
  std::vector<model::table> tables;
  for (const auto& item : *list) {
    const auto* object = item.if_object();
    if (object == nullptr || text_in(*object, "name").empty()) {
      return unexpected("a table has no name");
    }
    model::table table{keyspace, text_in(*object, "name"), {}};
    const auto* compaction = object->if_contains("compaction");
    if (compaction != nullptr && compaction->is_object()) {
      table.compaction_strategy = text_in(compaction->get_object(), "class");
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

std::string repair_body(const repair_request& request) {
  boost::json::array ranges;
  for (const auto& range : request.ranges) {
    ranges.push_back(
        boost::json::object{{"start", number(range.start)}, {"end", number(range.end)}});
  }
  boost::json::object body{{"keyspace", request.keyspace},
                           {"tables", names(request.tables)},
                           {"full_repair", !request.incremental},
                           {"repair_parallelism", link::parallelism_text(request)},
                           {"repair_thread_count", request.job_threads},
                           {"associated_tokens", std::move(ranges)}};
  if (!request.datacenters.empty()) body["datacenters"] = names(request.datacenters);
  return boost::json::serialize(body);
}

result<std::string> read_repair_id(std::string_view json) {
  TRY(value, parse(json));
  if (const auto* object = value.if_object()) return text_in(*object, "repair_id");
  return unexpected("no repair_id in the answer");
}

}  // namespace helenus::management::http
