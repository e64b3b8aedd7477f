// The part of run_loop that places a run's unfinished segments on the ring.
#include "base/uuid.h"
#include "repair/errc.h"
#include "repair/plan/node_share.h"
#include "repair/plan/remap.h"
#include "repair/run/run_loop.h"
#include "storage/errc.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace helenus::repair {
namespace {

/// Segments that have no place on the ring are looked at again this often, also when the ring is
/// the same: replication may have changed.
constexpr std::chrono::minutes place_interval{1};
/// So many segments are mapped before others have their turn on the io thread: a run may have tens
/// of thousands.
constexpr std::size_t mapped_at_once = 256;

/// Notes for as long as it lives which segments of the run land.
class landing_watch {
 public:
  explicit landing_watch(active_run& run) : run_(run) {
    run_.landed.emplace();
    run_.untried.clear();
  }
  ~landing_watch() { run_.landed.reset(); }
  landing_watch(const landing_watch&) = delete;
  landing_watch& operator=(const landing_watch&) = delete;

 private:
  active_run& run_;
};

/// Somebody changed the segment since it was read.
bool is_outdated(const error& failure) {
  return failure.code == storage::errc::superseded || failure.code == storage::errc::not_found ||
         failure.code == storage::errc::conflict;
}

error for_reaper(const model::repair_segment& row, const model::keyspace_ring& ring) {
  return {errc::unsupported,
          "Helenus does not repair the whole node " + row.node->address +
              " incrementally on Cassandra " + ring.release_version +
              " (on 4.0 and later it does): a Cassandra Reaper with the same keyspace goes on with "
              "it; or abort the run"};
}

}  // namespace

/// What was read of a run, and where it belongs.
struct run_loop::placement {
  static constexpr std::size_t nowhere = ~std::size_t{0};

  std::vector<model::repair_segment> rows;  ///< not done
  std::vector<model::repair_segment> done;  ///< only where not every node may be called
  std::vector<model::segment_id> repaired;  ///< of them: would be for this instance to repair
  std::vector<std::size_t> group;           ///< by row
  std::vector<model::replica_set> groups;
  std::map<std::vector<model::replica>, std::size_t> group_index;
  std::vector<std::pair<model::segment_id, error>> homeless;
  std::vector<std::pair<model::repair_segment, std::vector<model::repair_segment>>> splits;
  std::set<model::segment_id> leased;        ///< of them: others work on these
  std::set<std::size_t> left_alone;          ///< whole nodes that are not repaired from here
  std::vector<model::segment_id> elsewhere;  ///< of these: others may call them
  std::map<model::segment_id, model::node_address> elsewhere_on;  ///< these nodes
  std::set<std::size_t> gone;  ///< whole nodes that the ring does not know

  /// A lease of the whole run may be for any of its nodes.
  bool is_leased(const model::repair_segment& row) const {
    return leased.contains(row.id) || (row.node && leased.contains(model::segment_id()));
  }

  std::size_t group_of(const model::replica_set& replicas) {
    const auto [found, fresh] = group_index.try_emplace(*replicas, groups.size());
    if (fresh) groups.push_back(replicas);
    return found->second;
  }
};

/// False when what was read is not true any more and has to be read again.
task<bool> run_loop::place_all(model::repair_unit unit, bool only_orphans) {
  run_->reload = false;
  CO_TRY(view, co_await dispatch_.view());
  CO_TRY(ring, co_await view->keyspace(unit.keyspace, context_.options.ring_check));
  if (!only_orphans && run_->placed_on != view->generation()) dispatch_.withdraw(*run_);
  run_->placed_on = view->generation();
  const landing_watch noting(*run_);
  placement read;
  CO_TRY(counts, co_await read_rows(read));
  read.group.assign(read.rows.size(), placement::nowhere);
  const bool any_in_flight = std::any_of(read.rows.begin(), read.rows.end(), [](const auto& row) {
    return row.state != model::segment_state::not_started;
  });
  if (any_in_flight) {
    CO_TRY(leased, co_await context_.mode.peers->worked_on_elsewhere(run_->id));
    read.leased = std::move(leased);
    locate(read, *ring, unit);
  }
  CO_TRY_VOID(co_await place_nodes(read, ring, unit, only_orphans));
  if (!only_orphans) {
    CO_TRY_VOID(co_await map_rows(read, ring, unit));
    CO_TRY_VOID(co_await note_repaired(read, ring, unit));
    if (!read.splits.empty()) {
      CO_TRY_VOID(co_await store_splits(read));
      co_return false;
    }
  }
  if (only_orphans && dispatch_.works_on(run_->id)) co_return false;
  co_return put(read, counts, only_orphans);
}

/// What is in flight elsewhere gets the replicas that its ranges have now: the row has those from
/// when it was planned, and all of them may have moved since.
void run_loop::locate(placement& read, const model::keyspace_ring& ring,
                      const model::repair_unit& unit) {
  for (auto& row : read.rows) {
    const bool is_open = row.state == model::segment_state::not_started;
    if (is_open || row.node || dispatch_.repairs(row.id)) continue;
    const auto mapped = remap_segment(row, ring, unit);
    if (!mapped) continue;
    std::set<model::replica> every;
    for (const auto& part : mapped->parts) {
      every.insert(part.replicas->begin(), part.replicas->end());
    }
    auto now = std::make_shared<const std::vector<model::replica>>(every.begin(), every.end());
    note_plan(row, *now);
    row.replicas = std::move(now);
  }
}

void run_loop::note_plan(const model::repair_segment& row,
                         const std::vector<model::replica>& replicas_now) {
  std::vector<model::node_address> others;
  for (const auto& planned : *row.replicas) {
    const bool is_there = std::ranges::find(replicas_now, planned.address,
                                            &model::replica::address) != replicas_now.end();
    if (!is_there) others.push_back(planned.address);
  }
  if (others.empty()) {
    run_->planned_on.erase(row.id);
  } else {
    run_->planned_on.insert_or_assign(row.id, std::move(others));
  }
}

/// Whole nodes, wherever their addresses are now. All that take part in the repair of one are its
/// replicas from here on.
task<void> run_loop::place_nodes(placement& read, std::shared_ptr<const model::keyspace_ring> ring,
                                 const model::repair_unit& unit, bool only_orphans) {
  CO_TRY(view, co_await dispatch_.view());
  const bool is_old = ring->release_version.starts_with("3.");
  for (std::size_t index = 0; index < read.rows.size(); ++index) {
    auto& row = read.rows[index];
    if (!row.node) continue;
    co_await boost::asio::post(context_.executor, boost::asio::use_awaitable);  // rings are large
    const auto address = view->address_of(row.node->id);
    if (address.empty()) read.gone.insert(index);
    if (is_old) {
      read.left_alone.insert(index);
      read.homeless.emplace_back(row.id, for_reaper(row, *ring));
      continue;
    }
    if (!address.empty() && !view->may_call(address)) {
      read.left_alone.insert(index);
      read.elsewhere.push_back(row.id);
      read.elsewhere_on.emplace(row.id, address);
      continue;
    }
    auto share = share_of(address, *ring, unit);
    if (share) row.replicas = share->participants;
    if (only_orphans || dispatch_.repairs(row.id) ||
        row.state != model::segment_state::not_started) {
      continue;
    }
    if (share) {
      read.group[index] = read.group_of(row.replicas);
    } else {
      read.homeless.emplace_back(row.id, share.error());
    }
  }
  co_return result<void>{};
}

/// Those that are not done; where only some nodes may be called, the others, too: whoever wants one
/// of them done again tells another instance.
task<storage::segment_counts> run_loop::read_rows(placement& read) {
  if (!context_.mode.reach.is_limited()) {
    CO_TRY(counts, co_await context_.storage.runs().counts(run_->id));
    CO_TRY(rows, co_await context_.storage.segments().unfinished(run_->id));
    read.rows = std::move(rows);
    co_return counts;
  }
  CO_TRY(rows, co_await context_.storage.segments().of_run(run_->id));
  storage::segment_counts counts;
  for (auto& row : rows) {
    counts.add(row.state, row.fail_count);
    auto& into = row.state == model::segment_state::done ? read.done : read.rows;
    into.push_back(std::move(row));
  }
  co_return counts;
}

task<void> run_loop::map_rows(placement& read, std::shared_ptr<const model::keyspace_ring> ring,
                              const model::repair_unit& unit) {
  for (std::size_t index = 0; index < read.rows.size(); ++index) {
    if (index % mapped_at_once == mapped_at_once - 1) {
      co_await boost::asio::post(context_.executor, boost::asio::use_awaitable);
    }
    const auto& row = read.rows[index];
    if (row.node) continue;
    if (dispatch_.repairs(row.id) || row.state != model::segment_state::not_started) continue;
    auto mapped = remap_segment(row, *ring, unit);
    if (!mapped) {
      read.homeless.emplace_back(row.id, mapped.error());
    } else if (mapped->fits) {
      note_plan(row, *mapped->parts.front().replicas);
      read.group[index] = read.group_of(mapped->parts.front().replicas);
    } else {
      std::vector<model::repair_segment> parts;
      for (auto& part : mapped->parts) {
        model::repair_segment piece;
        piece.id = model::segment_id(context_.ids.next(context_.clock.wall_now()));
        piece.run = row.run;
        piece.ranges = std::move(part.ranges);
        piece.replicas = std::move(part.replicas);
        piece.fail_count = row.fail_count;
        piece.last_error = row.last_error;
        parts.push_back(std::move(piece));
      }
      read.splits.emplace_back(row, std::move(parts));
    }
  }
  co_return result<void>{};
}

/// Which of those that are done would be for this instance to repair if they were in line again.
task<void> run_loop::note_repaired(placement& read,
                                   std::shared_ptr<const model::keyspace_ring> ring,
                                   const model::repair_unit& unit) {
  CO_TRY(view, co_await dispatch_.view());
  const auto is_ours = [&](const model::repair_segment& row) {
    if (row.node) {
      const auto address = view->address_of(row.node->id);
      return address.empty() || view->may_call(address);
    }
    const auto mapped = remap_segment(row, *ring, unit);
    return !mapped ||
           std::any_of(mapped->parts.begin(), mapped->parts.end(),
                       [&](const auto& part) { return dispatch_.may_claim(*part.replicas, unit); });
  };
  for (std::size_t index = 0; index < read.done.size(); ++index) {
    if (index % mapped_at_once == mapped_at_once - 1) {
      co_await boost::asio::post(context_.executor, boost::asio::use_awaitable);
    }
    if (is_ours(read.done[index])) read.repaired.push_back(read.done[index].id);
  }
  read.done.clear();
  co_return result<void>{};
}

task<void> run_loop::store_splits(placement& read) {
  for (auto& [row, parts] : read.splits) {
    auto stored = co_await context_.storage.segments().split(row, std::move(parts));
    if (!stored && !is_outdated(stored.error())) co_return stored.error();
  }
  co_return result<void>{};
}

/// Hands everything to the dispatcher. Nothing waits here: what is placed is what was read, but for
/// what landed since.
bool run_loop::put(placement& read, const storage::segment_counts& counts, bool only_orphans) {
  if (run_->reload) return false;  // the ring changed, or a row was somebody else's
  if (run_->gone && !only_orphans) return false;
  const auto& landed = *run_->landed;
  int done = 0;
  std::size_t in_flight = 0;
  std::vector<std::vector<model::segment_id>> open(read.groups.size());
  std::vector<std::size_t> delayed;
  std::vector<std::size_t> orphans;
  for (std::size_t index = 0; index < read.rows.size(); ++index) {
    auto& row = read.rows[index];
    if (dispatch_.repairs(row.id)) {
      ++in_flight;
      continue;
    }
    if (read.left_alone.contains(index)) continue;
    if (const auto found = landed.find(row.id); found != landed.end()) {
      done += found->second ? 0 : 1;
      if (!found->second) continue;
      if (read.group[index] == placement::nowhere) return false;
      row = *found->second;
    }
    // It was in flight here when the rows were mapped.
    if (run_->untried.contains(row.id) && read.group[index] == placement::nowhere) return false;
    if (row.state != model::segment_state::not_started) {
      orphans.push_back(index);
    } else if (read.group[index] != placement::nowhere) {
      if (row.next_attempt) {
        delayed.push_back(index);
      } else {
        open[read.group[index]].push_back(row.id);
      }
    }
  }
  auto left_to_others = leave_to_others(read, open, delayed, orphans);
  run_->counts = counts;
  // One that is stored as done and has not landed yet is counted when it does.
  const auto still_up = static_cast<int>(dispatch_.in_flight(run_->id) - in_flight);
  run_->counts.done = counts.total - static_cast<int>(read.rows.size()) + done - still_up;
  context_.metrics.counted(*run_->facts, run_->counts);
  if (!only_orphans) dispatch_.expect(*run_);
  for (std::size_t index = 0; index < open.size(); ++index) {
    dispatch_.place(*run_, read.groups[index], std::move(open[index]));
  }
  for (const auto index : delayed) {
    dispatch_.place(*run_, read.rows[index], read.groups[read.group[index]]);
  }
  run_->others.clear();
  ++run_->placings;
  run_->elsewhere = std::move(left_to_others);
  run_->repaired = std::move(read.repaired);
  for (const auto& [segment, row] : landed) {
    if (!row && context_.mode.reach.is_limited()) run_->repaired.push_back(segment);
  }
  if (!only_orphans) park(read.homeless);
  // What is taken up may land at once, when its lease is refused: it is put back by itself.
  run_->landed.reset();
  take_up(read, orphans, only_orphans);
  return true;
}

/// Takes away what no replica could coordinate that may be called from here, and returns it in an
/// order of chance.
std::vector<model::segment_id> run_loop::leave_to_others(
    const placement& read, std::vector<std::vector<model::segment_id>>& open,
    std::vector<std::size_t>& delayed, std::vector<std::size_t>& orphans) {
  auto left = read.elsewhere;
  run_->elsewhere_in.clear();
  run_->elsewhere_on = read.elsewhere_on;
  if (!context_.mode.reach.is_limited()) return left;
  const auto& unit = run_->facts->unit;
  std::vector<bool> ours(read.groups.size());
  for (std::size_t group = 0; group < open.size(); ++group) {
    ours[group] = dispatch_.may_claim(*read.groups[group], unit);
    if (ours[group]) continue;
    if (!open[group].empty()) note_where(*read.groups[group]);
    left.insert(left.end(), open[group].begin(), open[group].end());
    open[group].clear();
  }
  const auto leave = [&](std::vector<std::size_t>& rows, const auto& is_ours) {
    std::erase_if(rows, [&](std::size_t index) {
      if (is_ours(index)) return false;
      note_where(*read.rows[index].replicas);
      left.push_back(read.rows[index].id);
      return true;
    });
  };
  leave(delayed, [&](std::size_t index) { return ours[read.group[index]]; });
  leave(orphans, [&](std::size_t index) {
    // Nobody may call a node that is gone: whoever sees it first puts its segment back in line.
    return read.gone.contains(index) || dispatch_.may_claim(*read.rows[index].replicas, unit);
  });
  std::shuffle(left.begin(), left.end(),
               std::minstd_rand(static_cast<unsigned>(base::random_bits())));
  return left;
}

void run_loop::note_where(const std::vector<model::replica>& replicas) {
  for (const auto& replica : replicas) run_->elsewhere_in.insert(replica.datacenter);
}

/// What is in flight by what storage says, and not here.
void run_loop::take_up(placement& read, const std::vector<std::size_t>& orphans,
                       bool only_orphans) {
  left_waiting_ = false;
  for (const auto index : orphans) {
    auto& row = read.rows[index];
    for (const auto& replica : *row.replicas) run_->others[row.id].insert(replica.address);
    const auto choice = dispatch_.judge(*run_, row, read.is_leased(row));
    if (choice != orphan_choice::wait) {
      dispatch_.adopt(run_, std::move(row), choice);
    } else if (only_orphans) {
      left_waiting_ = true;
    } else {
      dispatch_.place_later(*run_, row, read.is_leased(row));
      if (row.replicas->empty()) run_->place_again = context_.clock.now() + place_interval;
    }
  }
}

/// Segments that no replica can repair now. Their former replicas must not: they may not have the
/// data any more, and the unit may not want them. Whole nodes are repaired by others, if at all.
void run_loop::park(const std::vector<std::pair<model::segment_id, error>>& homeless) {
  if (homeless.empty()) {
    homeless_since_.reset();
    run_->place_again.reset();
    return;
  }
  if (!homeless_since_) homeless_since_ = context_.clock.wall_now();
  run_->place_again = context_.clock.now() + place_interval;
  for (const auto& [segment, failure] : homeless) {
    if (dispatch_.repairs(segment) || run_->landed->contains(segment)) continue;
    model::waiting_reason why;
    why.what = failure.code == errc::unsupported ? model::waiting_for::whole_node
                                                 : model::waiting_for::topology_change;
    why.since = *homeless_since_;
    why.next_check = context_.clock.wall_now() + place_interval;
    why.detail = failure.message();
    dispatch_.park(*run_, segment, std::move(why));
  }
}

}  // namespace helenus::repair
