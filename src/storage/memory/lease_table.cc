#include "storage/memory/tables.h"
#include "storage/row_rules.h"

#include <algorithm>

namespace helenus::storage::memory {
namespace {

class lease_table final : public lease_store {
 public:
  lease_table(tables& all, const base::clock& time) : all_(all), time_(time) {}

  task<lease_answer> take(instance who, node_lease what, std::vector<handed_node> handed,
                          std::vector<handed_node> freed) override {
    return write(all_, "leases.take",
                 [this, who = std::move(who), what = std::move(what), handed = std::move(handed),
                  freed = std::move(freed)]() -> result<lease_answer> {
                   TRY_VOID(check(who));
                   TRY_VOID(check_take(what, handed, freed));
                   lease_answer answer{.taken = true, .in_the_way = {}};
                   for (const auto& each : freed) {
                     const auto* held = find(what.run, each.node);
                     answer.taken = answer.taken && is_held_for(held, who, each.from);
                   }
                   for (const auto& node : what.nodes) {
                     const auto* held = find(what.run, node);
                     if (is_as_expected(held, who, node, handed)) continue;
                     answer.taken = false;
                     if (held) answer.in_the_way.push_back({node, held->segment, held->holder});
                   }
                   if (!answer.taken) return answer;
                   keep(who, what);
                   for (const auto& each : freed) all_.leases.erase({what.run, each.node});
                   return answer;
                 });
  }

  task<bool> renew(instance who, node_lease what) override {
    return write(all_, "leases.renew",
                 [this, who = std::move(who), what = std::move(what)]() -> result<bool> {
                   TRY_VOID(check(who));
                   TRY_VOID(check(what));
                   const bool is_held =
                       std::all_of(what.nodes.begin(), what.nodes.end(), [&](const auto& node) {
                         return is_held_for(find(what.run, node), who, what.segment);
                       });
                   if (is_held) keep(who, what);
                   return is_held;
                 });
  }

  task<void> release(instance who, node_lease what) override {
    return write(all_, "leases.release",
                 [this, who = std::move(who), what = std::move(what)]() -> result<void> {
                   TRY_VOID(check(who));
                   TRY_VOID(check(what));
                   for (const auto& node : what.nodes) {
                     if (is_held_for(find(what.run, node), who, what.segment)) {
                       all_.leases.erase({what.run, node});
                     }
                   }
                   return {};
                 });
  }

  task<std::vector<held_node>> held(model::run_id run) override {
    return read(all_, "leases.held", [this, run]() -> result<std::vector<held_node>> {
      std::vector<held_node> all;
      for (auto entry = all_.leases.lower_bound({run, {}});
           entry != all_.leases.end() && entry->first.first == run; ++entry) {
        const auto& node = entry->first.second;
        if (const auto* held = find(run, node)) {
          const bool is_told = node != whole_run;
          all.push_back({node, is_told ? held->segment : model::segment_id(), held->holder});
        }
      }
      return all;
    });
  }

 private:
  /// Null when nobody holds the node.
  const stored_lease* find(model::run_id run, const model::node_address& node) const {
    const auto found = all_.leases.find({run, node});
    if (found == all_.leases.end() || found->second.end <= time_.now()) return nullptr;
    return &found->second;
  }

  static bool is_held_for(const stored_lease* held, const instance& who, model::segment_id what) {
    return held && held->holder == who.id && held->segment == what;
  }

  static bool is_as_expected(const stored_lease* held, const instance& who,
                             const model::node_address& node,
                             const std::vector<handed_node>& handed) {
    const auto given =
        std::find_if(handed.begin(), handed.end(),
                     [&node](const handed_node& candidate) { return candidate.node == node; });
    return given == handed.end() ? held == nullptr : is_held_for(held, who, given->from);
  }

  void keep(const instance& who, const node_lease& what) {
    for (const auto& node : what.nodes) {
      all_.leases[{what.run, node}] = {who.id, what.segment, time_.now() + lifetime};
    }
  }

  tables& all_;
  const base::clock& time_;
};

}  // namespace

std::unique_ptr<lease_store> make_lease_table(tables& all, const base::clock& time) {
  return std::make_unique<lease_table>(all, time);
}

}  // namespace helenus::storage::memory
