#include "deployment/shared.h"

#include "base/assert.h"
#include "base/log.h"
#include "deployment/leadership.h"

#include <algorithm>
#include <string>
#include <utility>

namespace helenus::deployment {
namespace {

using namespace std::chrono_literals;

/// One call of storage; it has a time limit of its own that is shorter.
constexpr std::chrono::seconds call_limit{15};
/// All that is said at the end.
constexpr std::chrono::seconds leave_limit{5};
/// Leases are prolonged when a third of their life is over, so that two attempts may fail.
constexpr auto renewal_age = storage::lease_store::lifetime / 3;
constexpr std::chrono::seconds renewal_check{5};
constexpr std::chrono::seconds beat_interval{60};
constexpr std::chrono::seconds retry_interval{10};

storage::lease_store& leases_of(storage::backend& storage) {
  HELENUS_ASSERT(storage.leases() != nullptr);
  return *storage.leases();
}

storage::instance_store& instances_of(storage::backend& storage) {
  HELENUS_ASSERT(storage.instances() != nullptr);
  return *storage.instances();
}

}  // namespace

shared::shared(base::clock& clock, storage::backend& storage, storage::instance who)
    : clock_(clock),
      leases_(leases_of(storage)),
      instances_(instances_of(storage)),
      who_(std::move(who)) {}

task<storage::lease_answer> shared::acquire(storage::node_lease what, rest_of_nodes rest) {
  const auto changes = book_.begin(what, rest == rest_of_nodes::freed);
  if (!changes) co_return storage::lease_answer{};
  const auto asked = clock_.now();
  auto answer =
      co_await base::with_timeout(clock_, leases_.take(who_, what, changes->moved, changes->freed),
                                  call_limit, "a lease to be stored");
  if (answer) leases_are_stored();
  if (auto kept = answer ? left_behind(*answer) : handed_nodes(); !kept.empty()) {
    for (const auto& each : changes->moved) {
      if (std::ranges::find(kept, each.node, &storage::handed_node::node) == kept.end()) {
        kept.push_back(each);
      }
    }
    answer = co_await base::with_timeout(clock_,
                                         leases_.take(who_, what, std::move(kept), changes->freed),
                                         call_limit, "a lease to be stored");
  }
  if (answer && answer->taken) {
    book_.taken(what.segment, asked);
    co_return answer;
  }
  const auto unneeded = book_.refused(what.segment);
  if (!answer) static_cast<void>(co_await free(what));  // it may have been taken all the same
  for (const auto& each : unneeded) static_cast<void>(co_await free(each));
  co_return answer;
}

/// Nodes of ours that nobody needs, since no segment in the book has them: their leases could not
/// be given back when they should. Nothing when somebody else is in the way, too.
shared::handed_nodes shared::left_behind(const storage::lease_answer& answer) const {
  handed_nodes kept;
  for (const auto& each : answer.in_the_way) {
    const bool is_told = !each.segment.value().is_nil() || each.node == storage::whole_run;
    if (each.holder != who_.id || !is_told) return {};
    kept.push_back({each.node, each.segment});
  }
  return kept;
}

void shared::inherit(storage::node_lease what) {
  if (!book_.begin(what)) return;  // a segment of ours has a node already: that lease covers it
  book_.taken(what.segment, {});
  inherited_[what.segment] = clock_.now() + storage::lease_store::lifetime + renewal_check;
}

task<void> shared::release(model::segment_id segment) {
  inherited_.erase(segment);
  const auto what = book_.remove(segment);
  if (!what) co_return result<void>{};
  co_return co_await free(*what);
}

task<void> shared::free(storage::node_lease what) {
  auto freed = co_await base::with_timeout(clock_, leases_.release(who_, what), call_limit,
                                           "a lease to be given back");
  if (!freed && not_given_back_++ == 0) {
    base::log_warn("deployment", "leases can not be given back; they end by themselves",
                   {{"run", what.run.value().to_string()}, {"error", freed.error().message()}});
  }
  if (freed) leases_are_stored();
  co_return freed;
}

void shared::leases_are_stored() {
  if (not_given_back_ == 0) return;
  base::log_info("deployment", "leases can be given back again",
                 {{"kept", std::to_string(std::exchange(not_given_back_, 0))}});
}

task<std::set<model::segment_id>> shared::worked_on_elsewhere(model::run_id run) {
  CO_TRY(held, co_await leases_.held(run));
  std::set<model::segment_id> elsewhere;
  for (const auto& each : held) {
    if (each.holder != who_.id) elsewhere.insert(each.segment);
  }
  co_return elsewhere;
}

task<std::vector<storage::held_node>> shared::held_elsewhere(model::run_id run) {
  CO_TRY(held, co_await leases_.held(run));
  std::erase_if(held, [this](const storage::held_node& each) { return each.holder == who_.id; });
  co_return held;
}

bool shared::leads() const { return leader_ == who_.id; }

task<void> shared::join() {
  CO_TRY_VOID(co_await instances_.beat(who_));
  next_beat_ = clock_.now() + beat_interval;
  co_return co_await look_who_leads();
}

task<void> shared::run() {
  while (true) {
    if (clock_.now() >= next_beat_) static_cast<void>(co_await beat());
    if (clock_.now() >= next_look_) static_cast<void>(co_await look_who_leads());
    for (const auto& lease : book_.older_than(clock_.now() - renewal_age)) {
      if (book_.is_current(lease)) static_cast<void>(co_await renew(lease));
    }
    co_await clock_.sleep_for(renewal_check);
  }
}

task<void> shared::beat() {
  const auto heard = co_await base::with_timeout(clock_, instances_.beat(who_), call_limit,
                                                 "a sign of life to be stored");
  next_beat_ = clock_.now() + (heard ? beat_interval : retry_interval);
  co_return heard;
}

/// Only the leader, and who finds it gone, reads all signs of life: a hundred instances that did so
/// each minute would read a hundred and seventy rows per second.
task<void> shared::look_who_leads() {
  next_look_ = clock_.now() + retry_interval;
  if (leader_ && !leads()) {
    const auto left = co_await base::with_timeout(clock_, instances_.life_left(*leader_),
                                                  call_limit, "the sign of life of the leader");
    if (!left) co_return left.error();
    if (*left) {
      next_look_ = clock_.now() + std::min<base::clock::duration>(**left, beat_interval);
      co_return result<void>{};
    }
  }
  const auto alive = co_await base::with_timeout(clock_, instances_.alive(), call_limit,
                                                 "the list of those who are alive");
  if (!alive) co_return alive.error();
  leader_ = leader(*alive);
  others_alive_ = alive->size() > 1;
  next_look_ = clock_.now() + beat_interval;
  co_return result<void>{};
}

task<void> shared::renew(storage::node_lease what) {
  const auto asked = clock_.now();
  const auto kept = co_await base::with_timeout(clock_, leases_.renew(who_, what), call_limit,
                                                "a lease to be prolonged");
  if (!kept) co_return kept.error();  // tried again; whoever works on goes on
  if (*kept) {
    book_.renewed(what.segment, asked);
  } else if (book_.is_current(what)) {
    co_return co_await take_again(what);
  }
  co_return result<void>{};
}

/// The lease ended while storage could not be reached, or while this process stood still.
task<void> shared::take_again(storage::node_lease what) {
  const auto asked = clock_.now();
  const auto answer = co_await base::with_timeout(clock_, leases_.take(who_, what, {}, {}),
                                                  call_limit, "a lease to be taken again");
  if (!answer) co_return answer.error();
  if (answer->taken) {
    inherited_.erase(what.segment);
    if (!book_.is_current(what)) co_return co_await free(what);  // its segment ended meanwhile
    book_.renewed(what.segment, asked);
    co_return result<void>{};
  }
  if (!book_.is_current(what)) co_return result<void>{};
  const auto inherited = inherited_.find(what.segment);
  if (inherited != inherited_.end() && clock_.now() < inherited->second) co_return result<void>{};
  co_return co_await lose(std::move(what));
}

task<void> shared::lose(storage::node_lease what) {
  const auto held = co_await base::with_timeout(clock_, leases_.held(what.run), call_limit,
                                                "what others hold of a run");
  if (!held) co_return held.error();  // it is asked for again, and lost then
  if (!book_.is_current(what)) co_return result<void>{};
  std::size_t same = 0;
  std::size_t other = 0;
  for (const auto& each : *held) {
    if (each.holder == who_.id || std::ranges::find(what.nodes, each.node) == what.nodes.end()) {
      continue;
    }
    // Of a whole run it is not told for which of its segments; the row of this one tells.
    const bool may_follow = each.segment == what.segment || each.node == storage::whole_run;
    ++(may_follow ? same : other);
  }
  if (same + other == 0) co_return result<void>{};  // free by now: it is taken again
  const bool is_taken_up = other == 0;
  const bool is_of_run = std::ranges::find(what.nodes, storage::whole_run) != what.nodes.end();
  const auto* const what_for = is_of_run     ? "this or another one of its run"
                               : is_taken_up ? "the same segment"
                                             : "another one";
  base::log_warn("deployment", "the lease of a segment was lost to another instance",
                 {{"run", what.run.value().to_string()},
                  {"segment", what.segment.value().to_string()},
                  {"for", what_for}});
  book_.remove(what.segment);
  if (lost_) lost_(what.segment, is_taken_up ? lease_loss::same_work : lease_loss::other_work);
  co_return result<void>{};
}

task<void> shared::leave() {
  const auto say_it = [](shared& self) -> task<void> {
    for (const auto& lease : self.book_.unneeded()) static_cast<void>(co_await self.free(lease));
    co_return co_await self.instances_.leave(self.who_.id);
  };
  co_return co_await base::with_timeout(clock_, say_it(*this), leave_limit,
                                        "leases and the sign of life to be taken back");
}

}  // namespace helenus::deployment
