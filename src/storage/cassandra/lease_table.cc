#include "storage/cassandra/columns.h"
#include "storage/cassandra/run_leases.h"
#include "storage/cassandra/tables.h"
#include "storage/errc.h"
#include "storage/row_rules.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace helenus::storage::cassandra {
namespace {

// A release that meets leases which end in the same moment asks again, this often at most.
constexpr int release_attempts = 3;

constexpr const char* set_lease =
    " USING TTL ? SET reaper_instance_host = ?, reaper_instance_id = ?, segment_id = ? WHERE "
    "repair_id = ? AND node = ? IF reaper_instance_id = ?";
constexpr const char* of_segment = " AND segment_id = ?";
// Always true. A refusal tells the columns that are asked about.
constexpr const char* of_no_segment = " AND segment_id != ?";

/// A row of running_repairs.
struct stored_lease {
  base::uuid holder;
  base::uuid segment;            ///< nil: the row says none
  std::chrono::seconds left{0};  ///< until it ends
};
using stored_leases = std::map<model::node_address, stored_lease>;

bool is_held_for(const stored_leases& stored, const model::node_address& node, const instance& who,
                 model::segment_id segment) {
  const auto found = stored.find(node);
  return found != stored.end() && found->second.holder == who.id &&
         found->second.segment == segment.value();
}

/// What the statements of a batch write, whose only difference is their condition.
enum class content { lease, nothing };

/// Leases as Reaper keeps them: a row for each node of a run, which is there while somebody holds
/// the node. The condition of a write is that of Reaper, and the segment where it is known: an
/// instance must not go on with a node that another worker of its own has taken meanwhile.
class lease_table final : public lease_store {
 public:
  explicit lease_table(tables& all) : all_(all) {}

  task<lease_answer> take(instance who, node_lease what, std::vector<handed_node> handed,
                          std::vector<handed_node> freed) override {
    all_.count_write();
    if (auto valid = check(who); !valid) co_return valid.error();
    if (auto valid = check_take(what, handed, freed); !valid) co_return valid.error();
    const auto turn = co_await all_.lease_turns.wait(what.run);
    if (what.is_of_whole_run()) {
      co_return co_await take_run(all_, std::move(who), what.run, !handed.empty());
    }
    batch_of writes(cql::batch::kind::unlogged);
    for (const auto& node : what.nodes) {
      const auto given = std::find_if(handed.begin(), handed.end(),
                                      [&](const handed_node& each) { return each.node == node; });
      if (given == handed.end()) {
        add(writes, content::lease, who, what, node, {});
      } else {
        add(writes, content::lease, who, what, node, given->from);
      }
    }
    for (const auto& each : freed) add(writes, content::nothing, who, what, each.node, each.from);
    const auto decided = co_await all_.ask.decide_or_tell(writes.take());
    if (decided && decided->applied()) co_return lease_answer{.taken = true, .in_the_way = {}};
    if (decided) {
      const auto found = leases_in(*decided);
      if (!found) co_return as_storage_error(found.error());
      co_return refusal(*found, who, what, handed);
    }
    if (!may_have_happened(decided.error())) co_return decided.error();
    CO_TRY(stored, co_await stored_leases_of(what.run));
    if (holds(stored, who, what)) co_return lease_answer{.taken = true, .in_the_way = {}};
    auto answer = refusal(stored, who, what, handed);
    // With nobody in the way it was not refused: it did not happen.
    if (answer.in_the_way.empty()) co_return as_storage_error(decided.error());
    co_return answer;
  }

  task<bool> renew(instance who, node_lease what) override {
    all_.count_write();
    if (auto valid = check(who); !valid) co_return valid.error();
    if (auto valid = check(what); !valid) co_return valid.error();
    const auto turn = co_await all_.lease_turns.wait(what.run);
    if (what.is_of_whole_run()) co_return co_await renew_run(all_, std::move(who), what.run);
    const auto begin = all_.clock.now();
    const auto decided = co_await change(content::lease, who, what);
    if (decided) co_return *decided;
    if (!may_have_happened(decided.error())) co_return decided.error();
    CO_TRY(stored, co_await stored_leases_of(what.run));
    if (!holds(stored, who, what)) co_return false;
    const auto passed = std::chrono::ceil<std::chrono::seconds>(all_.clock.now() - begin);
    const auto is_renewed = [&](const model::node_address& node) {
      return stored.at(node).left + passed + std::chrono::seconds(1) >= lifetime;
    };
    if (std::all_of(what.nodes.begin(), what.nodes.end(), is_renewed)) co_return true;
    co_return as_storage_error(decided.error());
  }

  task<void> release(instance who, node_lease what) override {
    all_.count_write();
    if (auto valid = check(who); !valid) co_return valid.error();
    if (auto valid = check(what); !valid) co_return valid.error();
    const auto turn = co_await all_.lease_turns.wait(what.run);
    if (what.is_of_whole_run()) co_return co_await release_run(all_, std::move(who), what.run);
    error last{errc::unavailable, "Cassandra storage: leases change too fast to be released"};
    for (int attempt = 0; attempt < release_attempts; ++attempt) {
      const auto decided = co_await change(content::nothing, who, what);
      if (decided && *decided) co_return result<void>{};
      if (!decided && !may_have_happened(decided.error())) co_return decided.error();
      if (!decided) last = as_storage_error(decided.error());
      CO_TRY(stored, co_await stored_leases_of(what.run));
      std::erase_if(what.nodes, [&](const model::node_address& node) {
        return !is_held_for(stored, node, who, what.segment);
      });
      if (what.nodes.empty()) co_return result<void>{};
    }
    co_return last;
  }

  task<std::vector<held_node>> held(model::run_id run) override {
    all_.count_read();
    CO_TRY(stored, co_await stored_leases_of(run));
    std::vector<held_node> held;
    for (const auto& [node, lease] : stored) held.push_back(as_held(node, lease));
    CO_TRY(of_run, co_await find_run_lease(all_, run));
    if (of_run) held.push_back(*of_run);
    co_return held;
  }

 private:
  static held_node as_held(const model::node_address& node, const stored_lease& lease) {
    return {node, model::segment_id(lease.segment), lease.holder};
  }

  static bool holds(const stored_leases& stored, const instance& who, const node_lease& what) {
    return std::all_of(what.nodes.begin(), what.nodes.end(), [&](const model::node_address& node) {
      return is_held_for(stored, node, who, what.segment);
    });
  }

  static lease_answer refusal(const stored_leases& stored, const instance& who,
                              const node_lease& what, const std::vector<handed_node>& handed) {
    lease_answer answer;
    for (const auto& node : what.nodes) {
      const auto found = stored.find(node);
      if (found == stored.end()) continue;
      const bool is_handed =
          std::any_of(handed.begin(), handed.end(), [&](const handed_node& each) {
            return each.node == node && is_held_for(stored, node, who, each.from);
          });
      if (!is_handed) answer.in_the_way.push_back(as_held(node, found->second));
    }
    return answer;
  }

  /// `from`: the segment that `who` must hold the node for; nothing: the node must be free.
  void add(batch_of& writes, content put, const instance& who, const node_lease& what,
           const model::node_address& node, std::optional<model::segment_id> from) const {
    values with{static_cast<std::int32_t>(lifetime.count())};
    if (put == content::lease) {
      with.emplace_back(text_column(who.host));
      with.emplace_back(who.id);
      with.emplace_back(what.segment.value());
    } else {
      with.insert(with.end(), 3, cql::value());
    }
    with.emplace_back(what.run.value());
    with.emplace_back(text_column(node));
    auto text = "UPDATE " + all_.ask.table("running_repairs") + set_lease;
    if (from) {
      text += of_segment;
      with.emplace_back(who.id);
      with.emplace_back(from->value());
    } else {
      text += of_no_segment;
      with.emplace_back();
      with.emplace_back(base::uuid());
    }
    writes.add(std::move(text), std::move(with));
  }

  /// Under the condition that `who` holds every node for the segment.
  task<bool> change(content put, instance who, node_lease what) {
    batch_of writes(cql::batch::kind::unlogged);
    for (const auto& node : what.nodes) add(writes, put, who, what, node, what.segment);
    co_return co_await all_.ask.decide(writes.take());
  }

  /// What a refusal tells: no segments, unless a condition names one.
  static result<stored_leases> leases_in(const cql::rows& refused) {
    stored_leases stored;
    for (const auto row : refused) {
      if (!row.has("node") || !row.has("reaper_instance_id")) continue;
      TRY(node, row.get<std::string>("node"));
      TRY(holder, row.get<base::uuid>("reaper_instance_id"));
      auto& lease = stored[text_from(node)];
      lease.holder = holder;
      if (!row.has("segment_id")) continue;
      TRY_VOID(row.get("segment_id", lease.segment));
    }
    return stored;
  }

  /// As conditions have decided: what Reaper has just taken is only on one node yet.
  task<stored_leases> stored_leases_of(model::run_id run) {
    stored_leases stored;
    CO_TRY_VOID(co_await all_.ask.read(
        "SELECT node, reaper_instance_id, segment_id, TTL(reaper_instance_id) AS seconds_left "
        "FROM " +
            all_.ask.table("running_repairs") + " WHERE repair_id = ?",
        {run.value()},
        [&](const cql::row& row) -> result<void> {
          TRY(node, row.get<std::string>("node"));
          TRY(holder, row.get<std::optional<base::uuid>>("reaper_instance_id"));
          TRY(segment, row.get<std::optional<base::uuid>>("segment_id"));
          TRY(left, row.get<std::optional<std::int32_t>>("seconds_left"));
          if (holder) {
            stored[text_from(node)] = {*holder, segment.value_or(base::uuid()),
                                       std::chrono::seconds(left.value_or(0))};
          }
          return {};
        },
        true));
    co_return stored;
  }

  tables& all_;
};

}  // namespace

std::unique_ptr<lease_store> make_lease_table(tables& all) {
  return std::make_unique<lease_table>(all);
}

}  // namespace helenus::storage::cassandra
