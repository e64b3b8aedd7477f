#include "api/requests/run_request.h"

#include "api/errc.h"
#include "api/requests/parameters.h"
#include "model/cluster.h"

#include <array>
#include <charconv>
#include <cmath>

namespace helenus::api {
namespace {

constexpr int max_segments_per_node = 1000;
constexpr int max_job_threads = 4;  // what Cassandra accepts
constexpr int max_timeout_minutes = 60 * 24 * 7;

error refuse(std::string text) { return {errc::bad_parameter, std::move(text)}; }

result<model::repair_parallelism> read_parallelism(const http::parameters& query,
                                                   model::repair_parallelism otherwise) {
  const auto text = optional_text(query, "repairParallelism");
  if (!text) return otherwise;
  std::string name;
  for (const char letter : *text) {
    name += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
  }
  auto value = model::parse_repair_parallelism(name);
  if (value) return value;
  return refuse("repairParallelism is \"" + *text +
                "\"; SEQUENTIAL, PARALLEL and DATACENTER_AWARE are accepted");
}

result<int> read_limited(const http::parameters& query, std::string_view name, int least, int most,
                         int otherwise) {
  TRY(given, optional_integer(query, name));
  if (!given) return otherwise;
  if (*given >= least && *given <= most) return *given;
  return refuse(std::string(name) + " is " + std::to_string(*given) + "; " + std::to_string(least) +
                " to " + std::to_string(most) + " are accepted");
}

}  // namespace

result<double> parse_intensity(std::string_view text) {
  auto digits = text;
  if (!digits.empty() && std::string_view("dDfF").find(digits.back()) != std::string_view::npos) {
    digits.remove_suffix(1);
  }
  double value = 0;
  const auto* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end || !(value > 0.0 && value <= 1.0)) {
    return refuse("the intensity is \"" + std::string(text) +
                  "\"; a number above 0 and at most 1 is accepted");
  }
  return value;
}

result<repair::run_request> begin_run_request(const http::parameters& query,
                                              const run_defaults& defaults) {
  repair::run_request request;
  TRY(cluster_name, required_text(query, "clusterName"));
  request.cluster_name = model::symbolic_name(cluster_name);
  TRY(keyspace, required_text(query, "keyspace"));
  request.keyspace = std::move(keyspace);
  TRY(owner, required_text(query, "owner"));
  request.owner = std::move(owner);
  if (auto cause = optional_text(query, "cause")) request.cause = std::move(*cause);
  TRY(segments, read_limited(query, "segmentCountPerNode", 0, max_segments_per_node,
                             defaults.segments_per_node));
  request.segments_per_node = segments;
  TRY(parallelism, read_parallelism(query, defaults.parallelism));
  request.parallelism = parallelism;
  request.intensity = defaults.intensity;
  if (const auto text = optional_text(query, "intensity")) {
    TRY(intensity, parse_intensity(*text));
    request.intensity = intensity;
  }
  TRY(incremental, strict_flag(query, "incrementalRepair", defaults.incremental));
  request.incremental = incremental;
  TRY(subrange, strict_flag(query, "subrangeIncrementalRepair", defaults.subrange_incremental));
  request.subrange_incremental = subrange;
  TRY(threads,
      read_limited(query, "repairThreadCount", 1, max_job_threads, defaults.repair_thread_count));
  request.repair_thread_count = threads;
  // An incremental repair anticompacts on every replica at once, whatever was asked.
  if (incremental || subrange) request.parallelism = model::repair_parallelism::parallel;
  return request;
}

result<repair::run_request> finish_run_request(repair::run_request request,
                                               const http::parameters& query,
                                               const run_defaults& defaults) {
  request.nodes = comma_list(query, "nodes");
  request.datacenters = comma_list(query, "datacenters");
  if (!request.nodes.empty() && !request.datacenters.empty()) {
    return refuse("nodes and datacenters cannot be given together");
  }
  request.tables = comma_list(query, "tables");
  request.excluded_tables = comma_list(query, "blacklistedTables");
  if (!request.tables.empty() && !request.excluded_tables.empty()) {
    return refuse("tables and blacklistedTables cannot be given together");
  }
  TRY(force, strict_flag(query, "force", false));
  request.force = force;
  TRY(timeout, read_limited(query, "timeout", 1, max_timeout_minutes,
                            static_cast<int>(defaults.segment_timeout.count())));
  request.timeout = std::chrono::minutes(timeout);
  request.exclude_time_window_tables = defaults.exclude_time_window_tables;
  return request;
}

}  // namespace helenus::api
