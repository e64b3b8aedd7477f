#pragma once

#include "base/result.h"
#include "management/link/node_calls.h"
#include "management/node_client.h"
#include "model/table.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Answers of the management API as plain types, and requests as it wants them. Errors are
/// unexpected_answer and name what was read. Pure.
namespace helenus::management::http {

result<boost::json::value> parse(std::string_view json);
/// A member that is a text; empty when there is none.
std::string text_in(const boost::json::object& object, std::string_view name);
/// A member that is an integer or a text of one; 0 when there is none.
std::int64_t number_in(const boost::json::object& object, std::string_view name);

/// What gossip says of one endpoint, by the names of its application states.
using endpoint_values = std::map<std::string, std::string>;

/// Reads /api/v0/metadata/endpoints.
result<std::vector<endpoint_values>> read_endpoints(std::string_view json);
/// Who the node is that answered. Without its start. Errors also: node_unreachable while it is not
/// in its own gossip yet.
result<node_identity> read_identity(const std::vector<endpoint_values>& endpoints);
link::ring_facts read_ring_facts(const std::vector<endpoint_values>& endpoints);

/// Reads /api/v2/tokens/rangetoendpoint.
result<std::vector<link::range_fact>> read_ranges(std::string_view json);
/// Reads a list of names.
result<std::vector<std::string>> read_names(std::string_view json);
/// Reads /api/v1/ops/tables.
result<std::vector<model::table>> read_tables(const std::string& keyspace, std::string_view json);

/// The body of PUT /api/v2/repairs for a checked request.
std::string repair_body(const repair_request& request);
/// The id in its answer.
result<std::string> read_repair_id(std::string_view json);

}  // namespace helenus::management::http
