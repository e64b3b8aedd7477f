#include "repair/plan/coordinator_choice.h"

#include "base/assert.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

namespace helenus::repair {
namespace {

using model::waiting_for;

// A number that depends on both and looks like neither.
std::uint64_t mixed(std::uint64_t spread, std::uint64_t index) {
  auto value = spread + (index + 1) * 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

struct ranked {
  // Compared in this order: smaller is asked earlier.
  bool failed_lately;
  bool elsewhere;
  int commands;
  std::uint64_t last_asked;
  std::uint64_t turn;
  const model::node_address* address;

  auto key() const {
    return std::tie(failed_lately, elsewhere, commands, last_asked, turn, *address);
  }
};

// Why a replica may not coordinate. Ordered by how soon it may change: when no replica fits, the
// first of these is what the segment waits for.
enum class obstacle { tried, down, moving, not_callable, wrong_datacenter };

waiting_for waits_for(obstacle what) {
  switch (what) {
    case obstacle::down:
      return waiting_for::node_down;
    case obstacle::moving:
      return waiting_for::topology_change;
    case obstacle::tried:
    case obstacle::not_callable:
    case obstacle::wrong_datacenter:
      return waiting_for::node_unreachable;
  }
  HELENUS_ASSERT(false);
}

std::string_view sentence(obstacle what) {
  switch (what) {
    case obstacle::tried:
      return " was asked without success";
    case obstacle::down:
      return " is down";
    case obstacle::moving:
      return " is joining, leaving or moving";
    case obstacle::not_callable:
      return " may not be called from here";
    case obstacle::wrong_datacenter:
      return " is not in a datacenter to repair";
  }
  HELENUS_ASSERT(false);
}

std::optional<obstacle> obstacle_of(const model::replica& replica,
                                    const coordinator_question& question,
                                    const coordinator_view* view) {
  const auto& allowed = question.datacenters;
  if (!allowed.empty() && !allowed.contains(replica.datacenter)) return obstacle::wrong_datacenter;
  if (view && !view->may_call) return obstacle::not_callable;
  if (!view || !view->alive) return obstacle::down;
  if (view->mode != model::node_mode::normal) return obstacle::moving;
  if (question.tried.contains(replica.address)) return obstacle::tried;
  return std::nullopt;
}

model::waiting_reason reason_of(std::vector<std::pair<obstacle, model::node_address>> obstacles,
                                const coordinator_question& question) {
  model::waiting_reason reason;
  reason.what = waiting_for::node_unreachable;
  reason.since = question.now;
  if (obstacles.empty()) reason.detail = "the segment has no replicas";
  std::sort(obstacles.begin(), obstacles.end());
  for (const auto& [what, address] : obstacles) {
    if (!reason.node) {
      reason.what = waits_for(what);
      reason.node = address;
    }
    reason.detail += (reason.detail.empty() ? "" : ", ") + address + std::string(sentence(what));
  }
  return reason;
}

}  // namespace

coordinator_order choose_coordinators(
    const coordinator_question& question,
    const std::map<model::node_address, coordinator_view>& views) {
  std::vector<ranked> fit;
  std::vector<std::pair<obstacle, model::node_address>> obstacles;
  for (std::size_t index = 0; index < question.replicas->size(); ++index) {
    const auto& replica = (*question.replicas)[index];
    const auto found = views.find(replica.address);
    const auto* view = found == views.end() ? nullptr : &found->second;
    if (const auto hinders = obstacle_of(replica, question, view)) {
      obstacles.emplace_back(*hinders, replica.address);
      continue;
    }
    fit.push_back({view->failed_lately,
                   !question.preferred_datacenter.empty() &&
                       replica.datacenter != question.preferred_datacenter,
                   view->commands, view->last_asked, mixed(question.spread, index),
                   &replica.address});
  }
  coordinator_order order;
  if (fit.empty()) {
    order.waits_for = reason_of(std::move(obstacles), question);
    return order;
  }
  std::sort(fit.begin(), fit.end(),
            [](const ranked& left, const ranked& right) { return left.key() < right.key(); });
  for (const auto& one : fit) order.candidates.push_back(*one.address);
  return order;
}

}  // namespace helenus::repair
