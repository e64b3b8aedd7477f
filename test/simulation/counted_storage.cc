#include "counted_storage.h"

#include <algorithm>
#include <set>
#include <utility>

namespace helenus::test {
namespace {

using namespace storage;
using model::segment_state;

using traffic_by_call = counted_storage::traffic_by_call;

constexpr std::uint64_t page_size = 5000;

/// A read of so many rows of one partition, page by page.
storage_traffic pages(std::size_t rows) { return {1 + rows / page_size, rows}; }

/// Whether something stands in helenus_segment, too: every attempt leaves its command there.
bool has_extras(const model::repair_segment& row) {
  return row.state != segment_state::not_started || row.fail_count > 0 || row.next_attempt;
}

bool is_under_way(const model::repair_segment& row) {
  return row.state == segment_state::started || row.state == segment_state::running;
}

class counted_runs final : public run_store {
 public:
  counted_runs(backend& inner, traffic_by_call& traffic) : inner_(inner), traffic_(traffic) {}

  task<void> create(model::repair_unit unit, model::repair_run run,
                    std::vector<model::repair_segment> segments) override {
    traffic_["runs.create"] += {8 + segments.size() / 10, 1};
    return inner_.runs().create(std::move(unit), std::move(run), std::move(segments));
  }
  task<model::repair_run> find(model::run_id id) override {
    traffic_["runs.find"] += {1, 1};
    return inner_.runs().find(id);
  }
  task<std::vector<model::repair_run>> list(run_filter filter) override {
    CO_TRY_VOID(co_await count_list("runs.list"));
    co_return co_await inner_.runs().list(std::move(filter));
  }
  task<std::vector<run_summary>> summaries(run_filter filter) override {
    CO_TRY_VOID(co_await count_list("runs.summaries"));
    CO_TRY(found, co_await inner_.runs().summaries(std::move(filter)));
    for (const auto& each : found) {
      traffic_["runs.summaries"] += {1, 1};  // its unit
      traffic_["runs.summaries"] += pages(static_cast<std::size_t>(each.segments.total));
    }
    co_return std::move(found);
  }
  task<model::version> replace(model::repair_run next) override {
    CO_TRY(before, co_await inner_.runs().find(next.id));
    traffic_["runs.replace"] += {2, 2};
    if (before.state != next.state) traffic_["runs.replace"] += {1, 0};
    co_return co_await inner_.runs().replace(std::move(next));
  }
  task<void> remove(model::run_id id, model::version seen) override {
    traffic_["runs.remove"] += {7, 2};
    return inner_.runs().remove(id, seen);
  }
  task<model::repair_unit> find_unit(model::unit_id id) override {
    traffic_["runs.find_unit"] += {1, 1};
    return inner_.runs().find_unit(id);
  }
  task<std::optional<model::repair_unit>> find_same_unit(model::repair_unit unit) override {
    traffic_["runs.find_same_unit"] += {2, 2};
    return inner_.runs().find_same_unit(std::move(unit));
  }
  task<segment_counts> counts(model::run_id id) override {
    CO_TRY(found, co_await inner_.runs().counts(id));
    traffic_["runs.counts"] += pages(static_cast<std::size_t>(found.total));
    co_return found;
  }

 private:
  /// The names of all clusters, the index of each, and each run that may have the state.
  task<void> count_list(const char* call) {
    CO_TRY(clusters, co_await inner_.clusters().all());
    CO_TRY(runs, co_await inner_.runs().list({}));
    const auto active =
        static_cast<std::uint64_t>(std::count_if(runs.begin(), runs.end(), [](const auto& run) {
          return !model::is_terminated(run.state);
        }));
    traffic_[call] += {1 + clusters.size() + active, clusters.size() + runs.size() + active};
    co_return result<void>{};
  }

  backend& inner_;
  traffic_by_call& traffic_;
};

class counted_segments final : public segment_store {
 public:
  counted_segments(backend& inner, traffic_by_call& traffic) : inner_(inner), traffic_(traffic) {}

  task<std::vector<model::repair_segment>> of_run(model::run_id run) override {
    CO_TRY(all, co_await inner_.segments().of_run(run));
    count_all("segments.of_run", all);
    co_return std::move(all);
  }
  task<std::vector<model::repair_segment>> unfinished(model::run_id run) override {
    CO_TRY(all, co_await inner_.segments().of_run(run));
    count_all("segments.unfinished", all);
    co_return co_await inner_.segments().unfinished(run);
  }
  task<std::vector<model::segment_id>> done_among(model::run_id run,
                                                  std::vector<model::segment_id> ids) override {
    if (!ids.empty()) traffic_["segments.done_among"] += {1, ids.size()};
    return inner_.segments().done_among(run, std::move(ids));
  }
  /// The caller has seen it as it was planned: another row is read twice, and its extras once.
  task<model::repair_segment> find(model::run_id run, model::segment_id id) override {
    CO_TRY(found, co_await inner_.segments().find(run, id));
    traffic_["segments.find"] += has_extras(found) ? storage_traffic{3, 3} : storage_traffic{1, 1};
    co_return std::move(found);
  }
  /// As find(), beside which those that are asked for cost a row each.
  task<segment_look> look(model::run_id run, model::segment_id id,
                          std::vector<model::segment_id> others) override {
    const auto count = others.size() + 1;
    CO_TRY(seen, co_await inner_.segments().look(run, id, std::move(others)));
    traffic_["segments.look"] += {1, count};
    if (seen.row && has_extras(*seen.row)) traffic_["segments.look"] += {2, 2};
    co_return std::move(seen);
  }
  /// A condition on the row, unless it goes on with its attempt; the command of an attempt, once;
  /// what else is known.
  task<model::version> replace(model::repair_segment next) override {
    CO_TRY(before, co_await inner_.segments().find(next.run, next.id));
    const bool goes_on = next.command && is_under_way(before) && is_under_way(next) &&
                         before.coordinator == next.coordinator;
    const bool tells = next.next_attempt != before.next_attempt ||
                       next.last_error != before.last_error ||
                       (next.command && next.command != before.command);
    if (!goes_on) traffic_["segments.replace"] += {1, 1};
    if (tells) traffic_["segments.replace"] += {1, 0};
    auto version = co_await inner_.segments().replace(std::move(next));
    if (!version) traffic_["segments.replace"] += {1, 1};
    co_return version;
  }
  task<void> split(model::repair_segment old, std::vector<model::repair_segment> parts) override {
    traffic_["segments.split"] += {4, 3};
    return inner_.segments().split(std::move(old), std::move(parts));
  }

 private:
  void count_all(const char* call, const std::vector<model::repair_segment>& all) {
    const auto extras = std::count_if(all.begin(), all.end(), has_extras);
    traffic_[call] += pages(all.size());
    traffic_[call] += pages(static_cast<std::size_t>(extras));
  }

  backend& inner_;
  traffic_by_call& traffic_;
};

class counted_leases final : public lease_store {
 public:
  counted_leases(lease_store& inner, traffic_by_call& traffic) : inner_(inner), traffic_(traffic) {}

  task<lease_answer> take(instance who, node_lease what, std::vector<handed_node> handed,
                          std::vector<handed_node> freed) override {
    const storage_traffic cost{1, what.nodes.size() + freed.size()};
    CO_TRY(answer, co_await inner_.take(std::move(who), std::move(what), std::move(handed),
                                        std::move(freed)));
    traffic_[answer.taken ? "leases.take" : "leases.take (refused)"] += cost;
    co_return std::move(answer);
  }
  task<bool> renew(instance who, node_lease what) override {
    traffic_["leases.renew"] += {1, what.nodes.size()};
    return inner_.renew(std::move(who), std::move(what));
  }
  task<void> release(instance who, node_lease what) override {
    traffic_["leases.release"] += {1, what.nodes.size()};
    return inner_.release(std::move(who), std::move(what));
  }
  task<std::vector<held_node>> held(model::run_id run) override {
    CO_TRY(all, co_await inner_.held(run));
    traffic_["leases.held"] += {2, all.size()};  // also that of the whole run
    co_return std::move(all);
  }

 private:
  lease_store& inner_;
  traffic_by_call& traffic_;
};

class counted_instances final : public instance_store {
 public:
  counted_instances(instance_store& inner, traffic_by_call& traffic)
      : inner_(inner), traffic_(traffic) {}

  task<void> beat(instance who) override {
    traffic_["instances.beat"] += {1, 0};
    return inner_.beat(std::move(who));
  }
  task<std::vector<instance>> alive() override {
    CO_TRY(all, co_await inner_.alive());
    traffic_["instances.alive"] += {1, all.size()};
    co_return std::move(all);
  }
  task<std::optional<std::chrono::milliseconds>> life_left(model::uuid id) override {
    traffic_["instances.life_left"] += {1, 1};
    return inner_.life_left(id);
  }
  task<void> leave(model::uuid id) override {
    traffic_["instances.leave"] += {1, 0};
    return inner_.leave(id);
  }

 private:
  instance_store& inner_;
  traffic_by_call& traffic_;
};

}  // namespace

counted_storage::counted_storage(backend& inner)
    : inner_(inner),
      runs_(std::make_unique<counted_runs>(inner, by_call_)),
      segments_(std::make_unique<counted_segments>(inner, by_call_)),
      leases_(std::make_unique<counted_leases>(*inner.leases(), by_call_)),
      instances_(std::make_unique<counted_instances>(*inner.instances(), by_call_)) {}

counted_storage::~counted_storage() = default;

bool counted_storage::comes_with_segments(const std::string& call) {
  static const std::set<std::string> calls{
      "segments.find", "segments.replace", "segments.done_among", "segments.look",
      "leases.take",   "leases.release",   "runs.replace"};
  return calls.contains(call);
}

}  // namespace helenus::test
