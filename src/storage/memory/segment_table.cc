#include "storage/errc.h"
#include "storage/memory/tables.h"
#include "storage/row_rules.h"

#include <algorithm>
#include <iterator>

namespace helenus::storage::memory {
namespace {

using model::repair_segment;
using model::segment_state;

class segment_table final : public segment_store {
 public:
  explicit segment_table(tables& all) : all_(all) {}

  task<std::vector<repair_segment>> of_run(model::run_id run) override {
    return read(all_, "segments.of_run", [this, run]() -> result<std::vector<repair_segment>> {
      TRY(found, find_run(all_, run));
      return found->segments;
    });
  }

  task<std::vector<repair_segment>> unfinished(model::run_id run) override {
    return read(all_, "segments.unfinished", [this, run]() -> result<std::vector<repair_segment>> {
      TRY(found, find_run(all_, run));
      std::vector<repair_segment> open;
      std::copy_if(found->segments.begin(), found->segments.end(), std::back_inserter(open),
                   [](const repair_segment& row) { return row.state != segment_state::done; });
      return open;
    });
  }

  task<std::vector<model::segment_id>> done_among(model::run_id run,
                                                  std::vector<model::segment_id> ids) override {
    return read(all_, "segments.done_among",
                [this, run, ids = std::move(ids)] { return done_of(run, ids); });
  }

  task<repair_segment> find(model::run_id run, model::segment_id id) override {
    return read(all_, "segments.find", [this, run, id]() -> result<repair_segment> {
      TRY(found, find_run(all_, run));
      const auto place = found->position.find(id);
      if (place == found->position.end()) return missing(run, id);
      return found->segments[place->second];
    });
  }

  task<segment_look> look(model::run_id run, model::segment_id id,
                          std::vector<model::segment_id> others) override {
    others.push_back(id);
    return read(all_, "segments.look",
                [this, run, id, ids = std::move(others)]() -> result<segment_look> {
                  TRY(done, done_of(run, ids));
                  TRY(found, find_run(all_, run));
                  const auto place = found->position.find(id);
                  if (place == found->position.end()) return missing(run, id);
                  segment_look seen{std::nullopt, std::move(done)};
                  const auto& row = found->segments[place->second];
                  if (row.state != segment_state::done) seen.row = row;
                  return seen;
                });
  }

  task<model::version> replace(repair_segment next) override {
    return write(all_, "segments.replace",
                 [this, next = std::move(next)]() -> result<model::version> {
                   TRY_VOID(check(next));
                   TRY(stored, seen(next));
                   TRY_VOID(check_replacement(*stored, next));
                   auto& counts = all_.runs.at(next.run).counts;
                   counts.take_away(stored->state, stored->fail_count);
                   auto replicas = std::move(stored->replicas);
                   *stored = next;
                   stored->replicas = std::move(replicas);
                   if (stored->node && stored->coordinator) {
                     stored->node->address = *stored->coordinator;
                   }
                   counts.add(stored->state, stored->fail_count);
                   return ++stored->stored;
                 });
  }

  task<void> split(repair_segment old, std::vector<repair_segment> parts) override {
    return write(all_, "segments.split",
                 [this, old = std::move(old), parts = std::move(parts)]() mutable -> result<void> {
                   TRY(stored, seen(old));
                   if (stored->state == segment_state::done) {
                     return error{errc::conflict,
                                  "segment " + old.id.value().to_string() + " is DONE"};
                   }
                   TRY_VOID(check_split(*stored, parts));
                   TRY_VOID(check_new(parts));
                   put_in_place_of(old.id, all_.runs.at(old.run), std::move(parts));
                   return {};
                 });
  }

 private:
  result<std::vector<model::segment_id>> done_of(model::run_id run,
                                                 const std::vector<model::segment_id>& ids) const {
    TRY_VOID(check_asked(ids));
    std::vector<model::segment_id> done;
    const auto found = all_.runs.find(run);
    if (found == all_.runs.end()) return done;
    const auto& kept = found->second;
    for (const auto& id : ids) {
      const auto place = kept.position.find(id);
      if (place == kept.position.end()) continue;
      if (kept.segments[place->second].state == segment_state::done) done.push_back(id);
    }
    return done;
  }

  static error missing(model::run_id run, model::segment_id id) {
    return error{errc::not_found,
                 "run " + run.value().to_string() + " has no segment " + id.value().to_string()};
  }

  /// The stored row of the version that `row` was read from.
  result<repair_segment*> seen(const repair_segment& row) {
    TRY(run, find_run(all_, row.run));
    const auto place = run->position.find(row.id);
    if (place == run->position.end()) return missing(row.run, row.id);
    auto& stored = run->segments[place->second];
    if (stored.stored != row.stored) {
      return error{errc::superseded,
                   "segment " + row.id.value().to_string() + " changed meanwhile"};
    }
    return &stored;
  }

  result<void> check_new(const std::vector<repair_segment>& parts) const {
    std::set<model::segment_id> ids;
    for (const auto& part : parts) {
      if (!ids.insert(part.id).second || all_.run_of_segment.contains(part.id)) {
        return error{errc::conflict, "segment " + part.id.value().to_string() + " exists"};
      }
    }
    return {};
  }

  void put_in_place_of(model::segment_id old, stored_run& run, std::vector<repair_segment> parts) {
    const auto place = run.segments.begin() + std::ptrdiff_t(run.position.at(old));
    run.counts.take_away(place->state, place->fail_count);
    run.segments.erase(place);
    all_.run_of_segment.erase(old);
    for (auto& part : parts) {
      part.stored = 1;
      run.counts.add(part.state, part.fail_count);
      all_.run_of_segment.emplace(part.id, part.run);
      run.segments.push_back(std::move(part));
    }
    run.position.clear();
    for (std::size_t index = 0; index < run.segments.size(); ++index) {
      run.position[run.segments[index].id] = index;
    }
    run.run.segment_count = run.counts.total;
  }

  tables& all_;
};

}  // namespace

std::unique_ptr<segment_store> make_segment_table(tables& all) {
  return std::make_unique<segment_table>(all);
}

}  // namespace helenus::storage::memory
