#include "storage/cassandra/segment_reads.h"
#include "storage/cassandra/tables.h"
#include "storage/errc.h"
#include "storage/row_rules.h"

#include <set>

namespace helenus::storage::cassandra {
namespace {

using model::repair_segment;

error superseded(const repair_segment& segment) {
  return {errc::superseded, "segment " + segment.id.value().to_string() + " changed meanwhile"};
}

result<void> check_part_ids(const repair_segment& old, const std::vector<repair_segment>& parts) {
  std::set<model::segment_id> ids{old.id};
  for (const auto& part : parts) {
    if (!ids.insert(part.id).second) {
      return error{errc::conflict, "segment " + part.id.value().to_string() + " exists"};
    }
  }
  return {};
}

class segment_table final : public segment_store {
 public:
  explicit segment_table(tables& all) : all_(all) {}

  task<std::vector<repair_segment>> of_run(model::run_id run) override {
    all_.count_read();
    co_return co_await segments_of(all_, run);
  }

  task<std::vector<repair_segment>> unfinished(model::run_id run) override {
    all_.count_read();
    CO_TRY(segments, co_await segments_of(all_, run));
    std::erase_if(segments, [](const repair_segment& segment) {
      return segment.state == model::segment_state::done;
    });
    co_return segments;
  }

  task<std::vector<model::segment_id>> done_among(model::run_id run,
                                                  std::vector<model::segment_id> ids) override {
    all_.count_read();
    if (auto valid = check_asked(ids); !valid) co_return valid.error();
    std::vector<model::segment_id> done;
    if (ids.empty()) co_return done;
    std::vector<base::uuid> asked;
    asked.reserve(ids.size());
    for (const auto& id : ids) asked.push_back(id.value());
    CO_TRY_VOID(co_await all_.ask.read(
        "SELECT segment_id, segment_state FROM " + all_.ask.table("repair_run") +
            " WHERE id = ? AND segment_id IN ?",
        {run.value(), asked}, [&](const cql::row& row) -> result<void> {
          if (!row.has("segment_id")) return {};
          TRY(id, row.get<base::uuid>("segment_id"));
          TRY(state, row.get<std::optional<std::int32_t>>("segment_state"));
          if (state == static_cast<std::int32_t>(model::segment_state::done)) done.emplace_back(id);
          return {};
        }));
    co_return done;
  }

  task<repair_segment> find(model::run_id run, model::segment_id id) override {
    all_.count_read();
    CO_TRY(found, co_await find_segment(all_, run, id));
    co_return std::move(found.segment);
  }

  task<segment_look> look(model::run_id run, model::segment_id id,
                          std::vector<model::segment_id> others) override {
    all_.count_read();
    others.push_back(id);
    if (auto valid = check_asked(others); !valid) co_return valid.error();
    co_return co_await look_at(all_, run, id, std::move(others));
  }

  task<model::version> replace(repair_segment next) override {
    all_.count_write();
    if (auto valid = check(next); !valid) co_return valid.error();
    const auto turn = co_await all_.turns.wait(next.run);
    const auto* known = all_.seen_segments.find(next.run, next.id, next.stored);
    if (known == nullptr) {
      CO_TRY_VOID(co_await find_segment(all_, next.run, next.id));
      co_return superseded(next);
    }
    const auto seen = *known;
    const bool goes_on = goes_on_with(seen.mark, next);
    const auto written = seen_of(next, goes_on ? seen.mark : mark_of(next));
    if (written.ranges != seen.ranges) {
      co_return error{errc::invalid_row, "segment " + next.id.value().to_string() +
                                             ": token ranges and host id can not change"};
    }
    // Not for the command of an attempt that was claimed under a condition: no other attempt takes
    // it for its own, and the end of this one is written under a condition again.
    if (!goes_on) {
      CO_TRY(applied, co_await decide_replacement(next, seen.mark));
      if (!applied) {
        CO_TRY_VOID(co_await find_segment(all_, next.run, next.id));
        co_return superseded(next);
      }
      all_.ended.erase(next.run);
    }
    // After the row, which tells who may write. The command of an attempt that is over means
    // nothing and may stay.
    if (written.others != seen.others) {
      CO_TRY_VOID(co_await store_extras(next));
    } else if (written.command != 0 && written.command != seen.command) {
      CO_TRY_VOID(co_await store_command(next));
    }
    co_return all_.seen_segments.written(next.run, next.id, next.stored, written);
  }

  task<void> split(repair_segment old, std::vector<repair_segment> parts) override {
    all_.count_write();
    const auto turn = co_await all_.turns.wait(old.run);
    CO_TRY(stored, co_await find_segment(all_, old.run, old.id));
    if (stored.segment.stored != old.stored) co_return superseded(old);
    if (stored.segment.state == model::segment_state::done) {
      co_return error{errc::conflict, "segment " + old.id.value().to_string() + " is DONE"};
    }
    if (auto covers = check_split(stored.segment, parts); !covers) co_return covers;
    if (auto different = check_part_ids(old, parts); !different) co_return different;
    CO_TRY(run, co_await find_run(all_, old.run));
    CO_TRY(applied, co_await decide_split(stored, run.run.segment_count, parts));
    if (!applied) co_return co_await why_not_split(std::move(old), std::move(parts));
    all_.ended.erase(old.run);
    for (const auto& part : parts) {
      all_.seen_segments.read(part.run, part.id, seen_of(part, mark_of(part)),
                              all_.seen_segments.now());
      if (extras_of(part) != segment_extras{}) CO_TRY_VOID(co_await store_extras(part));
    }
    co_return result<void>{};
  }

 private:
  task<bool> decide_replacement(repair_segment next, segment_mark seen) {
    batch_of update(cql::batch::kind::unlogged);
    update.add("UPDATE " + all_.ask.table("repair_run") + update_segment, updated(next, seen));
    auto decided = co_await all_.ask.decide(update.take());
    if (decided || !may_have_happened(decided.error())) co_return decided;
    // What stands there now tells.
    CO_TRY(stored, co_await find_segment(all_, next.run, next.id));
    if (stored.mark == mark_of(next)) co_return true;
    if (stored.mark == seen) co_return as_storage_error(decided.error());
    co_return false;
  }

  task<void> store_command(repair_segment of) {
    co_return co_await all_.ask.write(
        "INSERT INTO " + all_.ask.table("helenus_segment") + insert_command, inserted_command(of));
  }

  task<void> store_extras(repair_segment of) {
    co_return co_await all_.ask.write(
        "INSERT INTO " + all_.ask.table("helenus_segment") + insert_extras, inserted_extras(of));
  }

  task<bool> decide_split(read_segment old, int segment_count, std::vector<repair_segment> parts) {
    const auto run = all_.ask.table("repair_run");
    batch_of changes(cql::batch::kind::unlogged);
    changes.add("DELETE FROM " + run + delete_segment, deleted(old.segment, old.mark));
    for (const auto& part : parts) {
      changes.add("INSERT INTO " + run + insert_segment + " IF NOT EXISTS", inserted(part));
    }
    const auto count = segment_count + static_cast<std::int32_t>(parts.size()) - 1;
    changes.add("UPDATE " + run + " SET segment_count = ? WHERE id = ? IF segment_count = ?",
                {count, old.segment.run.value(), std::int32_t{segment_count}});
    auto decided = co_await all_.ask.decide(changes.take());
    if (decided || !may_have_happened(decided.error())) co_return decided;
    const auto left = co_await find_segment(all_, old.segment.run, old.segment.id);
    if (left) co_return as_storage_error(decided.error());
    if (left.error().code == make_error_code(errc::not_found)) co_return true;
    co_return left.error();
  }

  task<void> why_not_split(repair_segment old, std::vector<repair_segment> parts) {
    for (const auto& part : parts) {
      const auto there = co_await find_segment(all_, part.run, part.id);
      if (there) {
        co_return error{errc::conflict, "segment " + part.id.value().to_string() + " exists"};
      }
      if (there.error().code != make_error_code(errc::not_found)) co_return there.error();
    }
    CO_TRY_VOID(co_await find_segment(all_, old.run, old.id));
    co_return superseded(old);
  }

  tables& all_;
};

}  // namespace

std::unique_ptr<segment_store> make_segment_table(tables& all) {
  return std::make_unique<segment_table>(all);
}

}  // namespace helenus::storage::cassandra
