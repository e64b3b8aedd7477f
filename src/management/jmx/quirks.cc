#include "management/jmx/quirks.h"

#include "management/errc.h"

#include <algorithm>
#include <charconv>

namespace helenus::management::jmx {
namespace {

constexpr release oldest{3, 11};
constexpr release four_zero{4, 0};
constexpr release four_one{4, 1};
constexpr int most_job_threads = 4;

/// Reads a number and removes it from `text`.
std::optional<int> take_number(std::string_view& text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || value < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::string_view parallelism_text(const repair_request& request) {
  // An incremental repair has no snapshots to go one replica after the other with: Cassandra's own
  // tools also turn it into a parallel one.
  if (request.incremental) return "parallel";
  switch (request.parallelism) {
    case model::repair_parallelism::sequential:
      return "sequential";
    case model::repair_parallelism::parallel:
      return "parallel";
    case model::repair_parallelism::datacenter_aware:
      return "dc_parallel";
  }
  return "parallel";
}

result<std::string> comma_list(const std::vector<std::string>& words, std::string_view what) {
  std::string text;
  for (const auto& word : words) {
    if (word.empty() || word.find(',') != std::string::npos) {
      return error{base::errc::invalid_argument,
                   "not the name of a " + std::string(what) + ": '" + word + "'"};
    }
    if (!text.empty()) text += ',';
    text += word;
  }
  return text;
}

result<std::string> range_list(const std::vector<model::token_range>& ranges) {
  std::string text;
  for (const auto& range : ranges) {
    const auto item = range.start.to_string() + ":" + range.end.to_string();
    // Cassandra drops an item without a colon, and with the last one it would repair everything.
    const auto colon = item.find(':');
    if (colon == 0 || colon == std::string::npos || colon + 1 == item.size()) {
      return error{base::errc::invalid_argument, "not a token range: '" + item + "'"};
    }
    if (range.start == range.end) {
      return error{base::errc::invalid_argument,
                   "a repair's range can not start where it ends: " + range.to_string()};
    }
    if (!text.empty()) text += ',';
    text += item;
  }
  return text;
}

result<void> check(const repair_request& request, const quirks& version) {
  if (request.keyspace.empty()) {
    return error{base::errc::invalid_argument, "a repair needs a keyspace"};
  }
  if (request.tables.empty()) {
    return error{base::errc::invalid_argument,
                 "a repair needs tables: no table would mean every table"};
  }
  if (request.ranges.empty()) {
    return error{base::errc::invalid_argument,
                 "a repair needs ranges: no range would mean every range"};
  }
  if (request.job_threads < 1 || request.job_threads > most_job_threads) {
    return error{base::errc::invalid_argument,
                 "a repair has 1 to 4 job threads, not " + std::to_string(request.job_threads)};
  }
  if (request.incremental && !version.incremental_ranges) {
    return error{errc::unsupported,
                 "this version of Cassandra can not repair ranges incrementally (4.0 can)"};
  }
  return {};
}

}  // namespace

result<release> parse_release(std::string_view text) {
  auto rest = text;
  const auto major = take_number(rest);
  if (major && rest.starts_with('.')) {
    rest.remove_prefix(1);
    if (const auto minor = take_number(rest)) return release{*major, *minor};
  }
  return error{errc::unsupported, "not a version of Cassandra: '" + std::string(text) + "'"};
}

result<quirks> quirks_of(std::string_view release_version) {
  TRY(version, parse_release(release_version));
  if (version < oldest) {
    return error{errc::unsupported, "Cassandra " + std::string(release_version) +
                                        " is too old: 3.11 and later are supported"};
  }
  return quirks{.version = version,
                .parent_repair_status = version >= four_zero,
                .incremental_ranges = version >= four_zero,
                .paxos_repair = version >= four_one,
                .validations_outlive_termination = version < four_zero};
}

result<std::map<std::string, std::string>> repair_options(const repair_request& request,
                                                          const quirks& version, bool with_paxos) {
  TRY_VOID(check(request, version));
  TRY(tables, comma_list(request.tables, "table"));
  TRY(datacenters, comma_list(request.datacenters, "datacenter"));
  TRY(ranges, range_list(request.ranges));
  std::map<std::string, std::string> options{
      {"parallelism", std::string(parallelism_text(request))},
      {"primaryRange", "false"},
      {"incremental", request.incremental ? "true" : "false"},
      {"jobThreads", std::to_string(request.job_threads)},
      {"ranges", std::move(ranges)},
      {"columnFamilies", std::move(tables)},
      {"trace", "false"},  // a traced repair sends tens of events for every range
  };
  if (!datacenters.empty()) options["dataCenters"] = std::move(datacenters);
  if (with_paxos && version.paxos_repair) options["repairPaxos"] = "true";
  return options;
}

model::command_answer read_parent_status(const std::optional<std::vector<std::string>>& status) {
  using model::command_state;
  if (!status || status->empty()) {
    return {command_state::unknown, "the node has no record of the command"};
  }
  const auto& word = status->front();
  auto detail = status->size() > 1 ? (*status)[1] : std::string{};
  if (word == "IN_PROGRESS") return {command_state::running, std::move(detail)};
  if (word == "COMPLETED") return {command_state::succeeded, std::move(detail)};
  if (word == "FAILED") return {command_state::failed, std::move(detail)};
  return {command_state::unknown, "the node says " + word};
}

bool is_session_failure(std::string_view text) {
  return text.starts_with("Repair session ") &&
         text.find(" failed with error ") != std::string_view::npos;
}

bool completed_with_error(std::string_view text) {
  return text.find("finished with error") != std::string_view::npos;
}

}  // namespace helenus::management::jmx
