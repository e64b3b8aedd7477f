#pragma once

#include "base/clock.h"
#include "model/cluster.h"
#include "storage/memory/backend.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <map>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace helenus::storage::memory {

/// A run and its segments in the order in which they are listed.
struct stored_run {
  model::repair_run run;
  std::vector<model::repair_segment> segments;
  std::unordered_map<model::segment_id, std::size_t> position;  ///< in `segments`
  segment_counts counts;
};

struct stored_lease {
  model::uuid holder;
  model::segment_id segment;
  base::clock::time_point end;
};

struct stored_instance {
  instance who;
  base::clock::time_point end;  ///< when it no longer counts as alive
};

/// Everything that is kept. One thread; work between two waits is atomic.
struct tables {
  std::map<std::string, model::cluster> clusters;
  std::map<model::unit_id, model::repair_unit> units;
  std::map<model::run_id, stored_run> runs;
  std::unordered_map<model::segment_id, model::run_id> run_of_segment;
  std::map<model::schedule_id, model::repair_schedule> schedules;
  std::map<std::string, base::secret> secrets;
  std::map<std::pair<model::run_id, model::node_address>, stored_lease> leases;
  std::map<model::uuid, stored_instance> instances;
  backend_counters counters;
  fault_rule fault;
};

std::unique_ptr<cluster_store> make_cluster_table(tables& all);
std::unique_ptr<run_store> make_run_table(tables& all);
std::unique_ptr<segment_store> make_segment_table(tables& all);
std::unique_ptr<schedule_store> make_schedule_table(tables& all);
std::unique_ptr<secret_store> make_secret_table(tables& all);
/// `time` outlives the table.
std::unique_ptr<lease_store> make_lease_table(tables& all, const base::clock& time);
std::unique_ptr<instance_store> make_instance_table(tables& all, const base::clock& time);

/// not_found when there is no such run.
result<stored_run*> find_run(tables& all, model::run_id id);
/// not_found when the unit's cluster is not registered; conflict when the unit is stored with other
/// content.
result<void> check_unit(const tables& all, const model::repair_unit& unit);

/// The outcome of a call that fails, perhaps later.
template <class Outcome>
boost::asio::awaitable<Outcome> failing(fault how) {
  if (how.clock != nullptr) co_await how.clock->sleep_for(how.after);
  co_return how.failure;
}

/// One call: suspends once, then does `work` unless a fault is injected.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> perform(tables& all, std::string_view call,
                                                           std::uint64_t backend_counters::* kind,
                                                           Work work) {
  co_await boost::asio::post(boost::asio::use_awaitable);
  ++(all.counters.*kind);
  const auto wrong = all.fault ? all.fault(call) : std::nullopt;
  if (wrong && !wrong->is_carried_out) co_return co_await failing<decltype(work())>(*wrong);
  auto outcome = work();
  if (kind == &backend_counters::writes && outcome.has_value()) ++all.counters.transactions;
  if (wrong) co_return co_await failing<decltype(outcome)>(*wrong);
  co_return outcome;
}

template <class Work>
auto read(tables& all, std::string_view call, Work work) {
  return perform(all, call, &backend_counters::reads, std::move(work));
}
template <class Work>
auto write(tables& all, std::string_view call, Work work) {
  return perform(all, call, &backend_counters::writes, std::move(work));
}

}  // namespace helenus::storage::memory
