#include "storage/cassandra/segment_rows.h"

#include "storage/cassandra/columns.h"
#include "storage/errc.h"
#include "storage/row_rules.h"

#include <algorithm>

namespace helenus::storage::cassandra {
namespace {

using model::segment_state;

bool is_in_flight(segment_state state) {
  return state == segment_state::started || state == segment_state::running;
}

/// The token ranges of a row; without any, the range of its two tokens.
result<std::vector<model::token_range>> read_ranges(const cql::row& row) {
  TRY(json, row.get<std::optional<std::string>>("token_ranges"));
  if (json) return ranges_from(*json);
  TRY(start, row.get<cql::int128>("start_token"));
  TRY(end, row.get<cql::int128>("end_token"));
  return std::vector<model::token_range>{{model::token(start), model::token(end)}};
}

result<segment_mark> read_mark(const cql::row& row) {
  segment_mark mark;
  TRY_VOID(row.get("segment_state", mark.state));
  TRY_VOID(row.get("fail_count", mark.fail_count));
  TRY_VOID(row.get("coordinator_host", mark.coordinator));
  TRY_VOID(row.get("segment_start_time", mark.start_time));
  TRY_VOID(row.get("segment_end_time", mark.end_time));
  return mark;
}

void put_extras(const segment_extras& extras, model::repair_segment& into) {
  into.next_attempt = extras.next_attempt;
  into.last_error = extras.last_error;
  if (is_in_flight(into.state) && extras.attempt == into.start_time) into.command = extras.command;
}

result<read_segment> read_all(const cql::row& row, model::run_id run, model::segment_id id,
                              const segment_extras* extras, replica_sets& replicas) {
  read_segment read;
  auto& segment = read.segment;
  segment.run = run;
  segment.id = id;
  TRY(mark, read_mark(row));
  TRY(column, row.get<std::map<std::string, std::string>>("replicas"));
  TRY(host, row.get<std::optional<base::uuid>>("host_id"));
  if (host) segment.node = {model::host_id(*host), text_from(mark.coordinator.value_or(""))};
  segment.replicas = replicas.shared(std::move(column));
  TRY(ranges, read_ranges(row));
  segment.ranges = std::move(ranges);
  const auto state = mark.state.value_or(0);
  if (state < 0 || state > 3) return damaged("a state of a segment", std::to_string(state));
  segment.state = static_cast<segment_state>(state);
  segment.fail_count = mark.fail_count.value_or(0);
  // What Reaper leaves behind in a state where it means nothing is not shown.
  if (segment.state != segment_state::not_started) {
    if (mark.coordinator) segment.coordinator = text_from(*mark.coordinator);
    segment.start_time = mark.start_time;
  }
  if (segment.state == segment_state::done) segment.end_time = mark.end_time;
  if (extras != nullptr) put_extras(*extras, segment);
  if (is_in_flight(segment.state)) {
    segment.state = segment.command ? segment_state::running : segment_state::started;
  }
  TRY_VOID(check(segment));
  read.mark = std::move(mark);
  return read;
}

void append(values& to, const segment_mark& mark) {
  to.emplace_back(mark.state);
  to.emplace_back(mark.fail_count);
  to.emplace_back(mark.coordinator);
  to.emplace_back(mark.start_time);
  to.emplace_back(mark.end_time);
}

}  // namespace

bool is_under_way(const segment_mark& mark) {
  return mark.state && is_in_flight(static_cast<segment_state>(*mark.state));
}

segment_mark mark_of(const model::repair_segment& segment) {
  segment_mark mark;
  mark.state = static_cast<std::int32_t>(segment.state);
  mark.fail_count = segment.fail_count;
  if (segment.coordinator) {
    mark.coordinator = text_column(*segment.coordinator);
  } else if (segment.node && !segment.node->address.empty()) {
    mark.coordinator = text_column(segment.node->address);
  }
  mark.start_time = segment.start_time;
  mark.end_time = segment.end_time;
  return mark;
}

segment_extras extras_of(const model::repair_segment& segment) {
  segment_extras extras;
  if (segment.command) extras.attempt = segment.start_time;
  extras.command = segment.command;
  extras.next_attempt = segment.next_attempt;
  extras.last_error = segment.last_error;
  return extras;
}

seen_segment seen_of(const model::repair_segment& segment, segment_mark mark) {
  seen_segment seen;
  seen.mark = std::move(mark);
  const std::hash<std::string> fingerprint;
  seen.ranges = fingerprint(ranges_column(segment.ranges) +
                            (segment.node ? segment.node->id.value().to_string() : ""));
  if (const auto& command = segment.command) {
    seen.command = fingerprint(command->coordinator.value().to_string() + ' ' +
                               std::to_string(command->number) + ' ' +
                               std::to_string(command->jvm_start.time_since_epoch().count()));
  }
  const auto next_attempt =
      segment.next_attempt ? segment.next_attempt->time_since_epoch().count() : 0;
  seen.others = fingerprint(std::to_string(next_attempt) + ' ' + segment.last_error);
  return seen;
}

bool goes_on_with(const segment_mark& seen, const model::repair_segment& next) {
  auto same = mark_of(next);
  same.state = seen.state;
  return next.command && seen == same && is_under_way(seen);
}

model::replica_set replica_sets::shared(std::map<std::string, std::string> column) {
  const auto [entry, is_new] = known_.try_emplace(std::move(column));
  if (is_new) {
    entry->second =
        std::make_shared<const std::vector<model::replica>>(replicas_from(entry->first));
  }
  return entry->second;
}

result<read_segment> segment_from(const cql::row& row, model::run_id run,
                                  const segment_extras* extras, replica_sets& replicas) {
  TRY(id, row.get<base::uuid>("segment_id"));
  auto read = read_all(row, run, model::segment_id(id), extras, replicas);
  if (!read) return of_row("segment", id, std::move(read).error());
  return read;
}

result<read_extras> extras_from(const cql::row& row) {
  read_extras read;
  TRY_VOID(row.get("place", read.place));
  auto& extras = read.extras;
  TRY_VOID(row.get("attempt", extras.attempt));
  TRY_VOID(row.get("next_attempt", extras.next_attempt));
  TRY(last_error, row.get<std::optional<std::string>>("last_error"));
  extras.last_error = text_from(last_error.value_or(""));
  TRY(host, row.get<std::optional<base::uuid>>("command_host"));
  TRY(number, row.get<std::optional<std::int32_t>>("command_number"));
  TRY(jvm_start, row.get<std::optional<cql::timestamp>>("jvm_start"));
  if (host && number && jvm_start) {
    extras.command = model::command_reference{model::host_id(*host), *number, *jvm_start};
  }
  return read;
}

values inserted(const model::repair_segment& segment) {
  const auto mark = mark_of(segment);
  return {segment.run.value(),
          segment.id.value(),
          segment.ranges.front().start.value(),
          segment.ranges.front().end.value(),
          segment.node ? cql::value::unset() : cql::value(ranges_column(segment.ranges)),
          mark.state,
          mark.coordinator ? cql::value(*mark.coordinator) : cql::value::unset(),
          mark.start_time ? cql::value(*mark.start_time) : cql::value::unset(),
          mark.end_time ? cql::value(*mark.end_time) : cql::value::unset(),
          mark.fail_count,
          replicas_column(*segment.replicas),
          segment.node ? cql::value(segment.node->id.value()) : cql::value::unset()};
}

values updated(const model::repair_segment& segment, const segment_mark& seen) {
  values with;
  append(with, mark_of(segment));
  with.emplace_back(segment.run.value());
  with.emplace_back(segment.id.value());
  append(with, seen);
  return with;
}

values deleted(const model::repair_segment& segment, const segment_mark& seen) {
  values with{segment.run.value(), segment.id.value()};
  append(with, seen);
  return with;
}

values inserted_command(const model::repair_segment& segment) {
  const auto extras = extras_of(segment);
  values with{segment.run.value(), segment.id.value(), extras.attempt};
  if (extras.command) {
    with.emplace_back(extras.command->coordinator.value());
    with.emplace_back(extras.command->number);
    with.emplace_back(extras.command->jvm_start);
  } else {
    with.insert(with.end(), 3, cql::value());
  }
  return with;
}

values inserted_extras(const model::repair_segment& segment) {
  const auto extras = extras_of(segment);
  auto with = inserted_command(segment);
  with.emplace_back(extras.next_attempt);
  with.emplace_back(extras.last_error.empty() ? cql::value()
                                              : cql::value(text_column(extras.last_error)));
  return with;
}

bool in_order_of_ids(const std::vector<model::repair_segment>& segments) {
  return std::is_sorted(segments.begin(), segments.end(), [](const auto& left, const auto& right) {
    const auto key = [](const model::repair_segment& segment) {
      return std::pair(segment.id.value().timestamp(), segment.id);
    };
    return key(left) < key(right);
  });
}

}  // namespace helenus::storage::cassandra
