#include "storage/cassandra/run_creation.h"

#include "storage/cassandra/columns.h"
#include "storage/cassandra/unfinished_runs.h"
#include "storage/errc.h"
#include "storage/row_rules.h"

#include <set>

namespace helenus::storage::cassandra {
namespace {

// Ranges that one batch writes: some 10 KB, where Cassandra warns from 5 and refuses from 50 when a
// batch is not of one partition, as ours are.
constexpr std::size_t ranges_of_a_batch = 200;

result<void> check_ids(const std::vector<model::repair_segment>& segments) {
  std::set<model::segment_id> ids;
  for (const auto& segment : segments) {
    if (!ids.insert(segment.id).second) {
      return error{errc::conflict, "segment " + segment.id.value().to_string() + " is there twice"};
    }
  }
  return {};
}

task<void> check_new(tables& all, model::repair_run run) {
  CO_TRY(registered, co_await cluster_exists(all, run.cluster_name));
  if (!registered) {
    co_return error{errc::not_found, "no cluster '" + run.cluster_name + "' is registered"};
  }
  const auto stored = co_await find_run(all, run.id);
  if (stored || stored.error().code == make_error_code(errc::corrupt)) {
    co_return error{errc::conflict, "run " + run.id.value().to_string() + " exists"};
  }
  if (stored.error().code != make_error_code(errc::not_found)) co_return stored.error();
  co_return result<void>{};
}

task<void> store_segments(tables& all, std::vector<model::repair_segment> segments) {
  const auto insert = "INSERT INTO " + all.ask.table("repair_run") + insert_segment;
  batch_of rows(cql::batch::kind::unlogged);
  std::size_t ranges = 0;
  for (const auto& segment : segments) {
    rows.add(insert, inserted(segment));
    ranges += segment.ranges.size();
    if (ranges < ranges_of_a_batch) continue;
    CO_TRY_VOID(co_await all.ask.write(rows.take()));
    ranges = 0;
  }
  if (rows.empty()) co_return result<void>{};
  co_return co_await all.ask.write(rows.take());
}

/// The extras of new segments; their places only where ids do not tell the order.
task<void> store_extras(tables& all, std::vector<model::repair_segment> segments) {
  const bool needs_places = !in_order_of_ids(segments);
  const auto insert = "INSERT INTO " + all.ask.table("helenus_segment") + insert_extras;
  const auto insert_place = "INSERT INTO " + all.ask.table("helenus_segment") +
                            " (run_id, segment_id, place) VALUES (?, ?, ?)";
  batch_of rows(cql::batch::kind::unlogged);
  for (std::size_t place = 0; place < segments.size(); ++place) {
    const auto& segment = segments[place];
    if (extras_of(segment) != segment_extras{}) rows.add(insert, inserted_extras(segment));
    if (needs_places) {
      rows.add(insert_place,
               {segment.run.value(), segment.id.value(), static_cast<std::int32_t>(place)});
    }
    if (rows.size() >= ranges_of_a_batch) CO_TRY_VOID(co_await all.ask.write(rows.take()));
  }
  if (rows.empty()) co_return result<void>{};
  co_return co_await all.ask.write(rows.take());
}

}  // namespace

cql::batch index_changes(const tables& all, const model::repair_run& run, bool put) {
  const auto cluster = text_column(run.cluster_name);
  batch_of writes(cql::batch::kind::logged);
  if (put) {
    writes
        .add("INSERT INTO " + all.ask.table("repair_run_by_cluster_v2") +
                 " (cluster_name, id, repair_run_state) VALUES (?, ?, ?)",
             {cluster, run.id.value(), std::string(model::to_string(run.state))})
        .add("INSERT INTO " + all.ask.table("repair_run_by_unit") +
                 " (repair_unit_id, id) VALUES (?, ?)",
             {run.unit.value(), run.id.value()});
  } else {
    writes
        .add("DELETE FROM " + all.ask.table("repair_run_by_cluster_v2") +
                 " WHERE cluster_name = ? AND id = ?",
             {cluster, run.id.value()})
        .add("DELETE FROM " + all.ask.table("repair_run_by_unit") +
                 " WHERE repair_unit_id = ? AND id = ?",
             {run.unit.value(), run.id.value()});
  }
  return writes.take();
}

task<void> create_run(tables& all, model::repair_unit unit, model::repair_run run,
                      std::vector<model::repair_segment> segments) {
  if (auto valid = check_creation(unit, run, segments); !valid) co_return valid;
  if (auto different = check_ids(segments); !different) co_return different;
  CO_TRY_VOID(co_await check_new(all, run));
  CO_TRY_VOID(co_await store_unit(all, std::move(unit)));
  const auto begin = all.clock.now();
  CO_TRY_VOID(co_await note_unfinished(all, run.id));
  CO_TRY_VOID(co_await store_extras(all, segments));
  CO_TRY_VOID(co_await store_segments(all, segments));
  // Somebody may take its segments for leftovers: see finish_leftovers().
  if (all.clock.now() - begin > creation_limit) {
    co_return error{errc::unavailable, "Cassandra storage: it took more than " +
                                           base::to_text(creation_limit) + " to store a run"};
  }
  auto commit = index_changes(all, run, true);
  commit.statements.push_back(end_of_note(all, run.id));
  commit.statements.push_back(
      {"INSERT INTO " + all.ask.table("repair_run") + insert_run, inserted(run)});
  CO_TRY_VOID(co_await all.ask.write(std::move(commit)));
  all.seen_runs.read(run.id, run.id, mark_of(run), all.seen_runs.now());
  for (const auto& segment : segments) {
    all.seen_segments.read(run.id, segment.id, seen_of(segment, mark_of(segment)),
                           all.seen_segments.now());
  }
  co_return result<void>{};
}

}  // namespace helenus::storage::cassandra
