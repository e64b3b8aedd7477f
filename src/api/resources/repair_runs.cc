#include "api/resources/repair_runs.h"

#include "api/errc.h"
#include "api/requests/parameters.h"
#include "api/requests/run_request.h"
#include "api/requests/state_change.h"
#include "api/resources/answers.h"
#include "api/resources/clusters.h"
#include "api/views/run_view.h"
#include "repair/errc.h"

#include <algorithm>

namespace helenus::api {

using model::run_state;

namespace {

constexpr std::int32_t default_limit = 1000;
/// Of a run as JSON.
constexpr std::size_t usual_run_bytes = 768;

std::string path_of(const model::repair_run& run) {
  return "/repair_run/" + run.id.value().to_string();
}

result<std::size_t> read_limit(const http::parameters& query) {
  TRY(limit, optional_integer(query, "limit"));
  if (limit.value_or(default_limit) < 0) {
    return error{errc::bad_parameter, "limit is below 0"};
  }
  return static_cast<std::size_t>(limit.value_or(default_limit));
}

/// In any case of letters.
result<run_state> read_state(const std::string& text) {
  auto name = text;
  std::transform(name.begin(), name.end(), name.begin(), [](char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
  });
  const auto state = model::parse_run_state(name);
  if (!state) return error{errc::bad_parameter, "unknown run state \"" + text + "\""};
  return *state;
}

result<std::vector<run_state>> read_states(const http::parameters& query) {
  std::vector<run_state> states;
  for (const auto& name : comma_list(query, "state")) {
    TRY(state, read_state(name));
    states.push_back(state);
  }
  return states;
}

/// Runs in the order of the given groups of states, newest first within a group, `filter.limit` in
/// all. Groups lose the states that `filter` does not ask for.
task<std::vector<repair::run_report>> list_in_groups(services& with, storage::run_filter filter,
                                                     std::vector<std::vector<run_state>> groups) {
  std::vector<repair::run_report> all;
  for (auto& group : groups) {
    std::erase_if(group, [&filter](run_state state) {
      return !filter.states.empty() &&
             std::find(filter.states.begin(), filter.states.end(), state) == filter.states.end();
    });
    if (group.empty() || all.size() >= filter.limit) continue;
    auto narrowed = filter;
    narrowed.states = group;
    narrowed.limit = filter.limit - all.size();
    CO_TRY(some, co_await with.repairs.list(narrowed));
    if (all.empty()) {
      all = std::move(some);
    } else {
      std::move(some.begin(), some.end(), std::back_inserter(all));
    }
  }
  co_return all;
}

http::response list_answer(const std::vector<repair::run_report>& runs, const services& with,
                           const http::request& asked) {
  const auto now = with.clock.wall_now();
  json_writer out(runs.size() * usual_run_bytes);
  out.begin_array();
  for (const auto& run : runs) write_run(out, run, now, wanted_members(asked));
  out.end_array();
  return json_answer(std::move(out));
}

error unsupported(run_state from, run_state to) {
  return {errc::conflict, "Transition " + std::string(model::to_string(from)) + "->" +
                              std::string(model::to_string(to)) + " not supported."};
}

/// A keyspace without tables counts as one that does not exist.
task<repair::run_report> create(services& with, repair::run_request request) {
  const auto cluster = request.cluster_name;
  const auto keyspace = request.keyspace;
  auto made = co_await with.repairs.create(std::move(request));
  if (made || made.error().code != repair::errc::nothing_to_repair) co_return made;
  const auto tables = co_await with.clusters.tables(cluster, keyspace);
  if (tables && tables->empty()) co_return error{errc::unknown, made.error().detail};
  co_return made;
}

task<repair::run_report> change_state(services& with, model::repair_run run, run_state to) {
  switch (choose_state_change(run.state, to)) {
    case state_change::start:
      co_return co_await with.repairs.start(run.id);
    case state_change::pause:
      co_return co_await with.repairs.pause(run.id);
    case state_change::abort:
      co_return co_await with.repairs.abort(run.id);
    default:
      co_return unsupported(run.state, to);
  }
}

}  // namespace

task<repair::run_report> find_run(services& with, const http::request& asked) {
  CO_TRY(id, parse_lenient_uuid(asked.path_parameters.at(0)));
  auto report = co_await with.repairs.find(model::run_id(id));
  if (!report && report.error().code == repair::errc::unknown_run) {
    co_return error{errc::unknown, "repair run " + id.to_string() + " doesn't exist"};
  }
  co_return report;
}

task<http::response> get_repair_runs(services& with, const http::request& asked) {
  const auto& query = asked.target.query;
  storage::run_filter filter;
  CO_TRY(states, read_states(query));
  filter.states = std::move(states);
  CO_TRY(limit, read_limit(query));
  filter.limit = limit;
  filter.keyspace = optional_text(query, "keyspace_name");
  if (const auto name = optional_text(query, "cluster_name"); name && *name != "all") {
    CO_TRY(cluster, co_await find_cluster(with, *name));
    filter.cluster_name = cluster.name;
  }
  CO_TRY(runs, co_await list_in_groups(
                   with, filter,
                   {{run_state::not_started, run_state::running, run_state::paused},
                    {run_state::done, run_state::error, run_state::aborted, run_state::deleted}}));
  co_return list_answer(runs, with, asked);
}

task<http::response> get_cluster_runs(services& with, const http::request& asked) {
  storage::run_filter filter;
  CO_TRY(limit, read_limit(asked.target.query));
  filter.limit = limit;
  auto cluster = co_await find_cluster(with, asked.path_parameters.at(0));
  if (!cluster && cluster.error().code == errc::unknown) co_return list_answer({}, with, asked);
  if (!cluster) co_return cluster.error();
  filter.cluster_name = cluster->name;
  CO_TRY(runs, co_await list_in_groups(
                   with, filter,
                   {{run_state::running},
                    {run_state::paused},
                    {run_state::not_started},
                    {run_state::done, run_state::error, run_state::aborted, run_state::deleted}}));
  co_return list_answer(runs, with, asked);
}

task<http::response> get_repair_run(services& with, const http::request& asked) {
  CO_TRY(report, co_await find_run(with, asked));
  json_writer out;
  write_run(out, report, with.clock.wall_now(), wanted_members(asked));
  co_return json_answer(std::move(out));
}

task<http::response> post_repair_run(services& with, const http::request& asked) {
  const auto& query = asked.target.query;
  CO_TRY(begun, begin_run_request(query, with.runs));
  CO_TRY(cluster, co_await find_cluster(with, begun.cluster_name));
  begun.cluster_name = cluster.name;
  CO_TRY(request, finish_run_request(std::move(begun), query, with.runs));
  CO_TRY(report, co_await create(with, std::move(request)));
  json_writer out;
  write_run(out, report, with.clock.wall_now(), wanted_members(asked));
  auto answer = located(201, asked, path_of(report.run));
  answer.content_type = "application/json";
  answer.body = out.take();
  co_return answer;
}

task<http::response> put_run_state(services& with, const http::request& asked) {
  CO_TRY(report, co_await find_run(with, asked));
  CO_TRY(wanted, read_state(asked.path_parameters.at(1)));
  if (report.run.state == wanted) co_return located(204, asked, path_of(report.run));
  CO_TRY(changed, co_await change_state(with, report.run, wanted));
  co_return located(200, asked, path_of(changed.run));
}

task<http::response> put_run_intensity(services& with, const http::request& asked) {
  CO_TRY(intensity, parse_intensity(asked.path_parameters.at(1)));
  CO_TRY(report, co_await find_run(with, asked));
  const auto state = report.run.state;
  if (state != run_state::paused && state != run_state::not_started) {
    co_return error{errc::conflict, "repair run must first be paused, it is " +
                                        std::string(model::to_string(state))};
  }
  CO_TRY(changed, co_await with.repairs.set_intensity(report.run.id, intensity));
  co_return located(200, asked, path_of(changed.run));
}

task<http::response> delete_repair_run(services& with, const http::request& asked) {
  CO_TRY(owner, required_text(asked.target.query, "owner"));
  CO_TRY(id, parse_lenient_uuid(asked.path_parameters.at(0)));
  auto report = co_await with.repairs.find(model::run_id(id));
  if (!report && report.error().code == repair::errc::unknown_run) {
    // The stray %s is in the text that clients compare with.
    co_return error{errc::unknown, "Repair run %s" + id.to_string() + " not found"};
  }
  if (!report) co_return report.error();
  if (report->run.state == run_state::running) {
    co_return error{errc::conflict, "Repair run " + id.to_string() + " is currently running"};
  }
  auto removed = co_await with.repairs.remove(report->run.id, owner);
  if (!removed && removed.error().code == repair::errc::still_running) {
    co_return error{errc::conflict, "Repair run " + id.to_string() + " has running segments"};
  }
  if (!removed) co_return removed.error();
  co_return http::response{.status = 202};
}

task<http::response> post_purge(services& with, const http::request&) {
  CO_TRY(purged, co_await with.repairs.purge());
  json_writer out;
  out.integer(purged);
  co_return json_answer(std::move(out));
}

}  // namespace helenus::api
