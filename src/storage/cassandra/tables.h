#pragma once

#include "base/clock.h"
#include "model/repair_unit.h"
#include "storage/backend.h"
#include "storage/cassandra/requests.h"
#include "storage/cassandra/run_rows.h"
#include "storage/cassandra/schedule_rows.h"
#include "storage/cassandra/seen_rows.h"
#include "storage/cassandra/segment_rows.h"
#include "storage/cassandra/turn_queue.h"
#include "storage/cluster_store.h"
#include "storage/run_store.h"
#include "storage/schedule_store.h"
#include "storage/secret_store.h"
#include "storage/segment_store.h"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace helenus::storage::cassandra {

/// What the stores share.
struct tables {
  tables(boost::asio::any_io_executor io, base::clock& time, cql::session& session,
         std::string keyspace)
      : executor(io), clock(time), ask(session, std::move(keyspace)), turns(io), lease_turns(io) {}

  boost::asio::any_io_executor executor;
  base::clock& clock;
  requests ask;
  turn_queue turns;
  turn_queue lease_turns;                        ///< leases of a run are another partition
  seen_rows<model::run_id, run_mark> seen_runs;  ///< each under its own id
  seen_rows<model::segment_id, seen_segment> seen_segments;
  seen_rows<model::schedule_id, schedule_mark, model::schedule_id> seen_schedules;  ///< as runs
  /// Counts of runs that have ended: they change when a person resets a segment, and only then.
  struct final_counts {
    std::optional<segment_counts> counts;  ///< nothing: they are being counted
    base::clock::time_point counted;
  };
  std::unordered_map<model::run_id, final_counts> ended;
  /// Rows that can not be read and have been told: once each.
  std::set<std::string> told;
  backend_counters calls;

  void count_read() { ++calls.reads; }
  void count_write() {
    ++calls.writes;
    ++calls.transactions;
  }
  /// A row that a listing leaves out because it can not be read: named in the log, once.
  void leave_out(const error& why);
  void forget(model::run_id run);
};

/// The stores; `all` must outlive them.
std::unique_ptr<cluster_store> make_cluster_table(tables& all);
std::unique_ptr<run_store> make_run_table(tables& all);
std::unique_ptr<segment_store> make_segment_table(tables& all);
std::unique_ptr<schedule_store> make_schedule_table(tables& all);
std::unique_ptr<secret_store> make_secret_table(tables& all);
std::unique_ptr<lease_store> make_lease_table(tables& all);
std::unique_ptr<instance_store> make_instance_table(tables& all);

// What several stores ask.

/// not_found when there is none; corrupt.
task<read_run> find_run(tables& all, model::run_id id);
/// Nothing when there is none.
task<std::optional<model::repair_unit>> find_unit(tables& all, model::unit_id id);
/// Writes the unit unless it is there; conflict when it is there with other content.
task<void> store_unit(tables& all, model::repair_unit unit);
task<bool> cluster_exists(tables& all, std::string name);
/// Those that are registered.
task<std::vector<std::string>> cluster_names(tables& all);
/// not_found when there is no such run. Reads a few bytes of each segment.
task<segment_counts> count_segments(tables& all, model::run_id id);
/// A run of a cluster's index, with the state that stands there.
struct indexed_run {
  model::run_id id;
  std::optional<model::run_state> state;  ///< nothing: it says none that is known
};
/// Newest first.
task<std::vector<indexed_run>> indexed_runs(tables& all, std::string cluster_name);

/// not_found when there is none; corrupt.
task<read_schedule> find_schedule(tables& all, model::schedule_id id);
/// In the index of schedules, whose row says "all clusters" or "all keyspaces" with this name.
inline constexpr std::string_view any_name = " ";
/// What the index names; a schedule that it names may be gone.
task<std::vector<model::schedule_id>> indexed_schedules(tables& all, std::string cluster_name,
                                                        std::string keyspace);

/// A cql::batch of one kind, grown statement by statement.
class batch_of {
 public:
  explicit batch_of(enum cql::batch::kind kind) { batch_.kind = kind; }
  batch_of& add(std::string text, values with) {
    batch_.statements.push_back({std::move(text), std::move(with)});
    return *this;
  }
  bool empty() const { return batch_.statements.empty(); }
  std::size_t size() const { return batch_.statements.size(); }
  cql::batch take() { return std::exchange(batch_, cql::batch{.kind = batch_.kind}); }

 private:
  cql::batch batch_;
};

}  // namespace helenus::storage::cassandra
