#include "cluster/node_health.h"

#include <algorithm>

namespace helenus::cluster {

struct node_health::watched {
  node_sample sample;
  bool sampled = false;
  bool looking = false;
  bool wanted = true;
  base::clock::time_point due{};
  base::clock::time_point list_due{};
};

node_health::node_health(boost::asio::any_io_executor executor, base::clock& clock,
                         std::shared_ptr<ring_view> view, cluster_options options)
    : executor_(executor),
      clock_(clock),
      view_(std::move(view)),
      options_(options),
      changed_(executor) {}

node_health::~node_health() = default;

void node_health::watch(const std::set<model::node_address>& nodes) {
  bool added = false;
  for (auto at = nodes_.begin(); at != nodes_.end();) {
    auto& kept = *at->second;
    kept.wanted = nodes.contains(at->first);
    // What is not watched forgets its sample: it would be old when it is watched again.
    at = !kept.wanted && !kept.looking ? nodes_.erase(at) : std::next(at);
  }
  for (const auto& address : nodes) {
    auto& slot = nodes_[address];
    if (slot) continue;
    slot = std::make_unique<watched>();
    slot->due = clock_.now();
    added = true;
  }
  if (added) changed_.set();
}

const node_sample* node_health::sample(const model::node_address& node) const {
  const auto found = nodes_.find(node);
  return found == nodes_.end() || !found->second->sampled ? nullptr : &found->second->sample;
}

void node_health::on_sample(std::function<void(const model::node_address&)> listener) {
  listener_ = std::move(listener);
}

bool node_health::is_alive(const model::node_address& node) const {
  const auto ring = view_->last_ring();
  if (!ring) return true;
  const auto found = std::find_if(ring->nodes.begin(), ring->nodes.end(),
                                  [&](const model::node& seen) { return seen.address == node; });
  return found != ring->nodes.end() && found->alive;
}

void node_health::ring_was_read() {
  for (auto& [address, kept] : nodes_) {
    const bool alive = is_alive(address);
    if (!kept->sampled || kept->sample.alive == alive) continue;
    kept->sample.alive = alive;
    if (listener_) listener_(address);
  }
}

task<void> node_health::run() {
  base::task_group group(executor_);
  const auto work = [this, &group]() -> task<void> {
    while (true) {
      auto wake = clock_.now() + options_.sample_interval;
      for (auto& [address, kept] : nodes_) {
        if (kept->looking || !kept->wanted) continue;
        if (kept->due <= clock_.now() && looking_ < options_.questions_at_once) {
          kept->looking = true;
          ++looking_;
          group.spawn("look at " + address, look_and_count(address));
        } else {
          wake = std::min(wake, kept->due);
        }
      }
      if (looking_ >= options_.questions_at_once) {
        co_await changed_.wait();
      } else {
        co_await changed_.wait_until(clock_, wake);
      }
    }
  };
  co_return co_await base::finally(work(), [&group]() -> boost::asio::awaitable<void> {
    group.cancel();
    static_cast<void>(co_await group.join());
  });
}

task<void> node_health::look_and_count(model::node_address node) {
  const auto begun = clock_.now();
  static_cast<void>(co_await look(node));
  --looking_;
  changed_.set();
  const auto found = nodes_.find(node);
  if (found == nodes_.end()) co_return result<void>{};
  auto& kept = *found->second;
  kept.looking = false;
  kept.due = begun + options_.sample_interval;
  if (!kept.wanted) {
    nodes_.erase(found);
  } else if (listener_) {
    listener_(node);
  }
  co_return result<void>{};
}

task<void> node_health::look(model::node_address node) {
  const auto taken = clock_.now();
  if (!view_->may_call(node)) {
    auto& kept = *nodes_.at(node);
    kept.sample = {.taken = taken,
                   .alive = is_alive(node),
                   .pending_compactions = 0,
                   .repairs = {},
                   .failure = {},
                   .asked = false};
    kept.sampled = true;
    co_return result<void>{};
  }
  const auto client = view_->client(node);
  auto pending = co_await base::with_timeout(clock_, client->pending_compactions(),
                                             options_.ask_timeout, "node " + node);
  auto found = nodes_.find(node);
  if (found == nodes_.end()) co_return result<void>{};
  auto* kept = found->second.get();
  kept->sample.taken = taken;
  kept->sample.alive = is_alive(node);
  kept->sample.asked = true;
  kept->sampled = true;
  if (!pending) {
    kept->sample.pending_compactions.reset();
    kept->sample.failure = pending.error().message();
    ++kept->sample.failures;
    co_return result<void>{};
  }
  kept->sample.pending_compactions = *pending;
  kept->sample.failure.clear();
  kept->sample.failures = 0;
  if (kept->list_due > taken) co_return result<void>{};
  kept->list_due = taken + options_.repair_list_interval;
  auto running = co_await base::with_timeout(clock_, client->running_repairs(),
                                             options_.ask_timeout, "repairs of node " + node);
  found = nodes_.find(node);
  if (found == nodes_.end() || !running) co_return result<void>{};
  found->second->sample.repairs.clear();
  for (const auto& repair : *running) found->second->sample.repairs.push_back(repair.number);
  co_return result<void>{};
}

}  // namespace helenus::cluster
