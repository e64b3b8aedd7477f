#include "storage/cassandra/segment_reads.h"

#include "storage/errc.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <unordered_map>

namespace helenus::storage::cassandra {
namespace {

using model::repair_segment;
using extras_by_id = std::unordered_map<model::segment_id, read_extras>;

task<extras_by_id> read_extras_of(tables& all, model::run_id run,
                                  std::optional<model::segment_id> only) {
  extras_by_id found;
  values key{run.value()};
  if (only) key.emplace_back(only->value());
  CO_TRY_VOID(co_await all.ask.read("SELECT " + std::string(extras_columns) + " FROM " +
                                        all.ask.table("helenus_segment") + " WHERE run_id = ?" +
                                        (only ? " AND segment_id = ?" : ""),
                                    std::move(key), [&](const cql::row& row) -> result<void> {
                                      TRY(id, row.get<base::uuid>("segment_id"));
                                      TRY(extras, extras_from(row));
                                      found.emplace(model::segment_id(id), std::move(extras));
                                      return {};
                                    }));
  co_return found;
}

const segment_extras* extras_in(const extras_by_id& all, model::segment_id id) {
  const auto found = all.find(id);
  return found == all.end() ? nullptr : &found->second.extras;
}

using moment = decltype(tables::seen_segments)::moment;

void give_version(tables& all, read_segment& read, moment asked) {
  auto& segment = read.segment;
  segment.stored =
      all.seen_segments.read(segment.run, segment.id, seen_of(segment, read.mark), asked);
}

/// Those with a place in the plan first; then by the time of their ids.
void put_in_order(std::vector<repair_segment>& segments, const extras_by_id& extras) {
  const auto key = [&](const repair_segment& segment) {
    const auto found = extras.find(segment.id);
    const auto place = found == extras.end() ? std::nullopt : found->second.place;
    return std::tuple(place.value_or(std::numeric_limits<std::int32_t>::max()),
                      segment.id.value().timestamp(), segment.id);
  };
  std::sort(segments.begin(), segments.end(),
            [&](const auto& left, const auto& right) { return key(left) < key(right); });
}

}  // namespace

task<std::vector<repair_segment>> segments_of(tables& all, model::run_id run) {
  const auto asked = all.seen_segments.now();
  CO_TRY(extras, co_await read_extras_of(all, run, {}));
  std::vector<repair_segment> segments;
  replica_sets replicas;
  bool is_run = false;
  CO_TRY_VOID(co_await all.ask.read(
      "SELECT state, " + std::string(segment_columns) + " FROM " + all.ask.table("repair_run") +
          " WHERE id = ?",
      {run.value()}, [&](const cql::row& row) -> result<void> {
        is_run = is_run || row.has("state");
        if (!row.has("segment_id")) return {};
        TRY(id, row.get<base::uuid>("segment_id"));
        TRY(read, segment_from(row, run, extras_in(extras, model::segment_id(id)), replicas));
        give_version(all, read, asked);
        segments.push_back(std::move(read.segment));
        return {};
      }));
  if (!is_run) co_return error{errc::not_found, "no run " + run.value().to_string()};
  put_in_order(segments, extras);
  co_return segments;
}

namespace {

/// The row of a segment; nothing when it, or its run, is not there.
task<std::optional<read_segment>> find_row(tables& all, model::run_id run, model::segment_id id,
                                           const segment_extras* extras) {
  std::optional<read_segment> found;
  replica_sets replicas;
  CO_TRY_VOID(
      co_await all.ask.read("SELECT state, " + std::string(segment_columns) + " FROM " +
                                all.ask.table("repair_run") + " WHERE id = ? AND segment_id = ?",
                            {run.value(), id.value()}, [&](const cql::row& row) -> result<void> {
                              if (!row.has("state")) return {};
                              TRY(read, segment_from(row, run, extras, replicas));
                              found = std::move(read);
                              return {};
                            }));
  co_return found;
}

/// Whether a row with this mark has none still: that of a segment under way does not change when
/// its command becomes known.
bool has_no_extras(const seen_segment& seen) {
  static const auto without = seen_of(model::repair_segment{}, {});
  return !is_under_way(seen.mark) && seen.command == without.command &&
         seen.others == without.others;
}

/// Most segments have no extras: they are asked for only when the row is not the one that had
/// none, with this mark.
std::optional<segment_mark> mark_without_extras(tables& all, model::run_id run,
                                                model::segment_id id) {
  const auto* last = all.seen_segments.last(run, id);
  if (last == nullptr || !has_no_extras(*last)) return std::nullopt;
  return last->mark;
}

}  // namespace

task<read_segment> find_segment(tables& all, model::run_id run, model::segment_id id) {
  const auto asked = all.seen_segments.now();
  const auto without_extras = mark_without_extras(all, run, id);
  std::optional<read_segment> found;
  if (without_extras) {
    CO_TRY(read, co_await find_row(all, run, id, nullptr));
    if (read && read->mark == *without_extras) found = std::move(read);
  }
  if (!found) {
    CO_TRY(extras, co_await read_extras_of(all, run, id));
    CO_TRY(read, co_await find_row(all, run, id, extras_in(extras, id)));
    found = std::move(read);
  }
  if (!found) {
    co_return error{errc::not_found,
                    "run " + run.value().to_string() + " has no segment " + id.value().to_string()};
  }
  give_version(all, *found, asked);
  co_return std::move(*found);
}

task<segment_look> look_at(tables& all, model::run_id run, model::segment_id id,
                           std::vector<model::segment_id> ids) {
  const auto asked = all.seen_segments.now();
  const auto without_extras = mark_without_extras(all, run, id);
  std::vector<base::uuid> wanted;
  wanted.reserve(ids.size());
  for (const auto& each : ids) wanted.push_back(each.value());
  segment_look seen;
  std::optional<read_segment> found;
  replica_sets replicas;
  bool is_done = false;
  CO_TRY_VOID(
      co_await all.ask.read("SELECT state, " + std::string(segment_columns) + " FROM " +
                                all.ask.table("repair_run") + " WHERE id = ? AND segment_id IN ?",
                            {run.value(), wanted}, [&](const cql::row& row) -> result<void> {
                              if (!row.has("state") || !row.has("segment_id")) return {};
                              TRY(value, row.get<base::uuid>("segment_id"));
                              TRY(state, row.get<std::optional<std::int32_t>>("segment_state"));
                              if (state == static_cast<std::int32_t>(model::segment_state::done)) {
                                seen.done.emplace_back(value);
                                is_done = is_done || model::segment_id(value) == id;
                              } else if (model::segment_id(value) == id) {
                                TRY(read, segment_from(row, run, nullptr, replicas));
                                found = std::move(read);
                              }
                              return {};
                            }));
  if (is_done) co_return seen;
  if (found && without_extras && found->mark == *without_extras) {
    give_version(all, *found, asked);
  } else {
    CO_TRY(read, co_await find_segment(all, run, id));
    found = std::move(read);
  }
  if (found->segment.state == model::segment_state::done) {
    seen.done.push_back(id);  // since then
  } else {
    seen.row = std::move(found->segment);
  }
  co_return seen;
}

}  // namespace helenus::storage::cassandra
