#include "api/resources/clusters.h"

#include "api/errc.h"
#include "api/requests/parameters.h"
#include "api/requests/registration.h"
#include "api/resources/answers.h"
#include "api/views/cluster_view.h"
#include "cluster/errc.h"
#include "repair/errc.h"
#include "storage/errc.h"

#include <algorithm>

namespace helenus::api {

using namespace std::chrono_literals;

namespace {

// Runs of a cluster shown with it when the request does not say.
constexpr std::size_t all_runs = 1'000'000;
// For the running segments of a cluster that is deleted by force.
constexpr auto segments_end_within = 30s;
constexpr auto look_again_after = 200ms;

std::string path_of(const model::cluster& cluster) {
  return "/cluster/" + http::percent_encode(cluster.name);
}

/// Tries one seed after the other; the error is that of the last, with all of them named, or that
/// of storage as it is.
task<model::cluster> add_first_that_answers(services& with, registrations candidates) {
  std::string seeds;
  error last = errc::bad_parameter;
  for (auto& one : candidates) {
    seeds += (seeds.empty() ? "" : ", ") + one.seed;
    auto added = co_await with.clusters.add(one);
    if (added) co_return added;
    last = added.error();
    // The seed is not to blame, and another would not help.
    if (last.code.category() == storage::category()) co_return last;
  }
  co_return error{errc::bad_parameter, "failed to register cluster " +
                                           candidates.front().expected_name + " with seed host " +
                                           seeds + ": " + last.message()};
}

task<http::response> register_cluster(services& with, const http::request& asked,
                                      registrations candidates) {
  CO_TRY(before, co_await with.clusters.all());
  CO_TRY(added, co_await add_first_that_answers(with, std::move(candidates)));
  const auto known = std::find_if(before.begin(), before.end(), [&added](const auto& cluster) {
    return cluster.name == added.name;
  });
  if (known == before.end()) co_return located(201, asked, path_of(added));
  const bool changed = with.dynamic_seeds && known->seed_hosts != added.seed_hosts;
  co_return located(changed ? 200 : 204, asked, path_of(added));
}

/// A cluster is registered under its symbolic name, and under no other.
result<std::string> symbolic_name_in(const http::request& asked) {
  const auto& name = asked.path_parameters.at(0);
  const auto symbolic = model::symbolic_name(name);
  if (name == symbolic) return name;
  return error{errc::bad_parameter,
               "the cluster is registered as \"" + symbolic + "\", not as \"" + name + "\""};
}

storage::schedule_filter schedules_of(const model::cluster& cluster) {
  storage::schedule_filter filter;
  filter.cluster_name = cluster.name;
  return filter;
}

error cannot_be_deleted(const model::cluster& cluster, const char* because_it_has) {
  return {errc::conflict,
          "cluster \"" + cluster.name + "\" cannot be deleted, as it has " + because_it_has};
}

/// A run that is working is given up first.
task<void> remove_run(services& with, model::repair_run run) {
  if (run.state == model::run_state::running || run.state == model::run_state::paused) {
    CO_TRY_VOID(co_await with.repairs.abort(run.id));
  }
  const auto deadline = with.clock.now() + segments_end_within;
  for (;;) {
    auto removed = co_await with.repairs.remove(run.id, run.owner);
    const bool ends = !removed && removed.error().code == repair::errc::still_running;
    if (!ends || with.clock.now() >= deadline) co_return removed;
    co_await with.clock.sleep_for(look_again_after);
  }
}

}  // namespace

task<model::cluster> find_cluster(services& with, std::string name) {
  for (const auto& candidate : {name, model::symbolic_name(name)}) {
    auto found = co_await with.clusters.find(candidate);
    if (found || found.error().code != cluster::errc::unknown_cluster) co_return found;
  }
  co_return error{errc::unknown, "cluster with name \"" + name + "\" not found"};
}

task<http::response> get_clusters(services& with, const http::request& asked) {
  CO_TRY(clusters, co_await with.clusters.all());
  if (const auto seed = optional_text(asked.target.query, "seedHost")) {
    std::erase_if(clusters, [&seed](const model::cluster& one) {
      const auto& hosts = one.seed_hosts;
      return std::find(hosts.begin(), hosts.end(), *seed) == hosts.end();
    });
  }
  std::sort(clusters.begin(), clusters.end(), [](const auto& left, const auto& right) {
    return std::tie(left.state, left.name) < std::tie(right.state, right.name);
  });
  json_writer out;
  out.begin_array();
  for (const auto& one : clusters) out.text(one.name);
  out.end_array();
  co_return json_answer(std::move(out));
}

task<http::response> get_cluster(services& with, const http::request& asked) {
  CO_TRY(limit, optional_integer(asked.target.query, "limit"));
  CO_TRY(cluster, co_await find_cluster(with, asked.path_parameters.at(0)));
  storage::run_filter filter;
  filter.cluster_name = cluster.name;
  filter.limit = limit ? static_cast<std::size_t>(std::max(0, *limit)) : all_runs;
  repairs_of_cluster repairs;
  CO_TRY(runs, co_await with.repairs.list(filter));
  repairs.runs = std::move(runs);
  CO_TRY(schedules, co_await with.repairs.schedules(schedules_of(cluster)));
  repairs.schedules = std::move(schedules);
  CO_TRY(ring, co_await with.clusters.ring(cluster.name));
  CO_TRY(view, co_await with.clusters.view(cluster.name));
  CO_TRY(logins, co_await with.logins());
  json_writer out;
  write_cluster(out, cluster, logins.effective(cluster), repairs, {ring, view->ring_source()},
                with.clock.wall_now(), wanted_members(asked));
  co_return json_answer(std::move(out));
}

task<http::response> get_cluster_tables(services& with, const http::request& asked) {
  CO_TRY(cluster, co_await find_cluster(with, asked.path_parameters.at(0)));
  CO_TRY(all, co_await with.clusters.all_tables(cluster.name));
  json_writer out;
  out.begin_object();
  for (const auto& [keyspace, tables] : all) {
    out.key(keyspace).begin_array();
    for (const auto& table : tables) out.text(table);
    out.end_array();
  }
  out.end_object();
  co_return json_answer(std::move(out));
}

task<http::response> post_cluster(services& with, const http::request& asked) {
  CO_TRY(candidates, parse_registration(asked.target.query, {}));
  co_return co_await register_cluster(with, asked, std::move(candidates));
}

task<http::response> put_cluster(services& with, const http::request& asked) {
  CO_TRY(name, symbolic_name_in(asked));
  CO_TRY(candidates, parse_registration(asked.target.query, name));
  co_return co_await register_cluster(with, asked, std::move(candidates));
}

task<http::response> post_cluster_auth(services& with, const http::request& asked) {
  CO_TRY(candidates, parse_registration_form(asked, {}, with.cryptograph));
  co_return co_await register_cluster(with, asked, std::move(candidates));
}

task<http::response> put_cluster_auth(services& with, const http::request& asked) {
  CO_TRY(candidates, parse_registration_form(asked, asked.path_parameters.at(0), with.cryptograph));
  CO_TRY_VOID(symbolic_name_in(asked));
  co_return co_await register_cluster(with, asked, std::move(candidates));
}

task<http::response> delete_cluster(services& with, const http::request& asked) {
  CO_TRY(cluster, co_await find_cluster(with, asked.path_parameters.at(0)));
  const bool force = lenient_flag(asked.target.query, "force");
  CO_TRY(schedules, co_await with.repairs.schedules(schedules_of(cluster)));
  if (!schedules.empty() && !force) co_return cannot_be_deleted(cluster, "repair schedules");
  storage::run_filter filter;
  filter.cluster_name = cluster.name;
  filter.limit = all_runs;
  CO_TRY(runs, co_await with.repairs.list(filter));
  if (!runs.empty() && !force) co_return cannot_be_deleted(cluster, "repair runs");
  for (const auto& each : schedules) {
    CO_TRY_VOID(co_await with.repairs.remove_schedule(each.schedule));
  }
  for (const auto& report : runs) CO_TRY_VOID(co_await remove_run(with, report.run));
  CO_TRY_VOID(co_await with.clusters.remove(cluster.name));
  co_return http::response{.status = 202};
}

}  // namespace helenus::api
