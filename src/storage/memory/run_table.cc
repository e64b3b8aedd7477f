#include "storage/errc.h"
#include "storage/memory/tables.h"
#include "storage/row_rules.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace helenus::storage::memory {
namespace {

bool matches(const run_filter& filter, const model::repair_run& run,
             const model::repair_unit& unit) {
  if (filter.cluster_name && run.cluster_name != *filter.cluster_name) return false;
  if (filter.keyspace && unit.keyspace != *filter.keyspace) return false;
  if (filter.unit && run.unit != *filter.unit) return false;
  return filter.states.empty() ||
         std::find(filter.states.begin(), filter.states.end(), run.state) != filter.states.end();
}

class run_table final : public run_store {
 public:
  explicit run_table(tables& all) : all_(all) {}

  task<void> create(model::repair_unit unit, model::repair_run run,
                    std::vector<model::repair_segment> segments) override {
    return write(all_, "runs.create",
                 [this, unit = std::move(unit), run = std::move(run),
                  segments = std::move(segments)]() mutable -> result<void> {
                   TRY_VOID(check_creation(unit, run, segments));
                   TRY_VOID(check_new(unit, run, segments));
                   all_.units.emplace(unit.id, std::move(unit));
                   insert(std::move(run), std::move(segments));
                   return {};
                 });
  }

  task<model::repair_run> find(model::run_id id) override {
    return read(all_, "runs.find", [this, id]() -> result<model::repair_run> {
      TRY(found, find_run(all_, id));
      return found->run;
    });
  }

  task<std::vector<model::repair_run>> list(run_filter filter) override {
    return read(all_, "runs.list",
                [this, filter = std::move(filter)]() -> result<std::vector<model::repair_run>> {
                  std::vector<model::repair_run> listed;
                  for (const auto* found : newest(filter)) listed.push_back(found->run);
                  return listed;
                });
  }

  task<std::vector<run_summary>> summaries(run_filter filter) override {
    return read(all_, "runs.summaries",
                [this, filter = std::move(filter)]() -> result<std::vector<run_summary>> {
                  std::vector<run_summary> listed;
                  for (const auto* found : newest(filter)) {
                    listed.push_back({found->run, all_.units.at(found->run.unit), found->counts});
                  }
                  return listed;
                });
  }

  task<model::version> replace(model::repair_run next) override {
    return write(all_, "runs.replace", [this, next = std::move(next)]() -> result<model::version> {
      TRY_VOID(check(next));
      TRY(found, seen(next.id, next.stored));
      TRY_VOID(check_replacement(found->run, next));
      const auto segment_count = found->run.segment_count;
      found->run = next;
      found->run.segment_count = segment_count;
      return ++found->run.stored;
    });
  }

  task<void> remove(model::run_id id, model::version version) override {
    return write(all_, "runs.remove", [this, id, version]() -> result<void> {
      TRY(found, seen(id, version));
      for (const auto& segment : found->segments) all_.run_of_segment.erase(segment.id);
      all_.runs.erase(id);
      return {};
    });
  }

  task<model::repair_unit> find_unit(model::unit_id id) override {
    return read(all_, "runs.find_unit", [this, id]() -> result<model::repair_unit> {
      const auto found = all_.units.find(id);
      if (found == all_.units.end()) {
        return error{errc::not_found, "no unit " + id.value().to_string()};
      }
      return found->second;
    });
  }

  task<std::optional<model::repair_unit>> find_same_unit(model::repair_unit unit) override {
    return read(all_, "runs.find_same_unit",
                [this, unit = std::move(unit)]() -> result<std::optional<model::repair_unit>> {
                  for (const auto& [id, stored] : all_.units) {
                    if (stored.same_content(unit)) return std::optional(stored);
                  }
                  return std::optional<model::repair_unit>{};
                });
  }

  task<segment_counts> counts(model::run_id id) override {
    return read(all_, "runs.counts", [this, id]() -> result<segment_counts> {
      TRY(found, find_run(all_, id));
      return found->counts;
    });
  }

 private:
  result<void> check_new(const model::repair_unit& unit, const model::repair_run& run,
                         const std::vector<model::repair_segment>& segments) const {
    TRY_VOID(check_unit(all_, unit));
    if (all_.runs.contains(run.id)) {
      return error{errc::conflict, "run " + run.id.value().to_string() + " exists"};
    }
    std::set<model::segment_id> ids;
    for (const auto& segment : segments) {
      if (!ids.insert(segment.id).second || all_.run_of_segment.contains(segment.id)) {
        return error{errc::conflict, "segment " + segment.id.value().to_string() + " exists"};
      }
    }
    return {};
  }

  void insert(model::repair_run run, std::vector<model::repair_segment> segments) {
    auto& stored = all_.runs[run.id];
    stored.run = std::move(run);
    stored.run.stored = 1;
    stored.segments = std::move(segments);
    for (std::size_t place = 0; place < stored.segments.size(); ++place) {
      auto& segment = stored.segments[place];
      segment.stored = 1;
      stored.position[segment.id] = place;
      all_.run_of_segment.emplace(segment.id, segment.run);
      stored.counts.add(segment.state, segment.fail_count);
    }
  }

  result<stored_run*> seen(model::run_id id, model::version version) {
    TRY(found, find_run(all_, id));
    if (found->run.stored != version) {
      return error{errc::superseded, "run " + id.value().to_string() + " changed meanwhile"};
    }
    return found;
  }

  std::vector<const stored_run*> newest(const run_filter& filter) const {
    std::vector<const stored_run*> listed;
    for (const auto& [id, stored] : all_.runs) {
      if (matches(filter, stored.run, all_.units.at(stored.run.unit))) listed.push_back(&stored);
    }
    std::sort(listed.begin(), listed.end(), [](const stored_run* left, const stored_run* right) {
      const auto key = [](const stored_run* entry) {
        return std::pair(entry->run.id.value().timestamp(), entry->run.id);
      };
      return key(left) > key(right);
    });
    if (listed.size() > filter.limit) listed.resize(filter.limit);
    return listed;
  }

  tables& all_;
};

}  // namespace

std::unique_ptr<run_store> make_run_table(tables& all) { return std::make_unique<run_table>(all); }

result<stored_run*> find_run(tables& all, model::run_id id) {
  const auto found = all.runs.find(id);
  if (found == all.runs.end()) return error{errc::not_found, "no run " + id.value().to_string()};
  return &found->second;
}

result<void> check_unit(const tables& all, const model::repair_unit& unit) {
  if (!all.clusters.contains(unit.cluster_name)) {
    return error{errc::not_found, "no cluster '" + unit.cluster_name + "' is registered"};
  }
  const auto same = all.units.find(unit.id);
  if (same != all.units.end() && same->second != unit) {
    return error{errc::conflict,
                 "unit " + unit.id.value().to_string() + " is stored with other content"};
  }
  return {};
}

}  // namespace helenus::storage::memory
