#pragma once

#include "base/result.h"
#include "model/ring.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace helenus::management::link {

/// What gossip says of one endpoint. Fields it does not mention are empty.
struct endpoint_state {
  std::string datacenter;
  std::string rack;
  std::string load;
  std::string release_version;
  std::string net_version;
  std::string host_id;
  std::string status;  ///< "NORMAL", "LEFT", "shutdown", ...: the first word
};

/// What a node answers about the ring, in its own words.
struct ring_facts {
  std::string cluster_name;
  std::string partitioner_name;
  std::string release_version;
  std::map<std::string, std::string> token_to_endpoint;
  std::map<std::string, std::string> endpoint_to_host_id;
  std::map<std::string, std::string> load;
  std::vector<std::string> live;
  std::vector<std::string> joining;
  std::vector<std::string> leaving;
  std::vector<std::string> moving;
  std::map<model::node_address, endpoint_state> states;
};

/// One entry of getRangeToEndpointMap.
struct range_fact {
  std::string start;
  std::string end;
  std::vector<std::string> endpoints;
};

/// "10.0.0.1" of "/10.0.0.1", "host/10.0.0.1", "/10.0.0.1:7000" and "/[fd00::1]:7000".
model::node_address address_of_endpoint(std::string_view text);

/// Reads AllEndpointStates: a line per endpoint, then indented lines "NAME:version:value".
std::map<model::node_address, endpoint_state> parse_endpoint_states(std::string_view text);

/// Errors: unsupported (partitioner), unexpected_answer (a token that is none, no token at all).
result<model::ring> read_ring(const ring_facts& facts);

/// Ranges sorted by start, replicas sorted by address with their datacenters. Errors as read_ring;
/// also unexpected_answer when the ranges are not a partition of the ring: a gap would never be
/// repaired and nobody would notice.
result<model::keyspace_ring> read_keyspace_ring(const ring_facts& facts,
                                                const std::vector<range_fact>& ranges);

}  // namespace helenus::management::link
