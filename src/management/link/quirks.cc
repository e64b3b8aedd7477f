#include "management/link/quirks.h"

#include "management/errc.h"

#include <charconv>

namespace helenus::management::link {
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

result<void> check_request(const repair_request& request, const quirks& version) {
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
  for (const auto& range : request.ranges) {
    if (range.start == range.end) {
      return error{base::errc::invalid_argument,
                   "a repair's range can not start where it ends: " + range.to_string()};
    }
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

bool is_session_failure(std::string_view text) {
  return text.starts_with("Repair session ") &&
         text.find(" failed with error ") != std::string_view::npos;
}

bool completed_with_error(std::string_view text) {
  return text.find("finished with error") != std::string_view::npos;
}

}  // namespace helenus::management::link
