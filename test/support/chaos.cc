#include "support/chaos.h"

#include <functional>
#include <random>

namespace helenus::test {
namespace {

constexpr fault command_faults[] = {
    fault::lose_started,    fault::lose_succeeded,     fault::lose_completed,
    fault::lose_end,        fault::lose_everything,    fault::duplicate_events,
    fault::completed_first, fault::started_last,       fault::late_completed,
    fault::late_started,    fault::extra_events,       fault::fail,
    fault::fail_twice,      fault::fail_without_start, fault::hang,
    fault::refuse_start,    fault::lose_start_reply,   fault::nothing_to_do,
    fault::slow_start};

class storm {
 public:
  storm(fake_cluster& cluster, chaos_options options, std::vector<std::string>& history)
      : cluster_(cluster), options_(options), history_(history), random_(options.seed) {
    const auto offer = [this](bool wanted, auto blow) {
      if (wanted) blows_.emplace_back([this, blow] { return (this->*blow)(); });
    };
    offer(options.restarts, &storm::restart);
    offer(options.restarts, &storm::outage);
    offer(options.pauses, &storm::pause);
    offer(options.cuts, &storm::cut);
    offer(options.command_faults, &storm::spoil_command);
    offer(options.slow_calls, &storm::slow_down);
    offer(options.pending_compactions, &storm::compact);
    offer(options.topology, &storm::change_members);
  }

  task<void> rage() {
    for (int blow = 0; blow < options_.blows && !blows_.empty(); ++blow) {
      co_await cluster_.clock().sleep_for(up_to(2 * options_.between));
      // Blows follow one another; what is broken is mended before the next, after a while.
      if (const auto mend = blows_[random_() % blows_.size()]()) {
        co_await cluster_.clock().sleep_for(up_to(options_.longest));
        mend();
      }
    }
    co_return result<void>{};
  }

 private:
  using mending = std::function<void()>;

  duration up_to(duration most) {
    return duration(
        static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(most.count())));
  }

  fake_node& victim() {
    while (true) {
      auto& node = cluster_.node(random_() % cluster_.size());
      if (node.shown().mode == model::node_mode::normal) return node;
    }
  }

  void tell(const std::string& what, const fake_node& node) {
    history_.push_back(base::to_text(cluster_.clock().now().time_since_epoch()) + ": " + what +
                       " " + node.address());
  }

  mending restart() {
    auto& node = victim();
    tell("restart", node);
    node.restart();
    return {};
  }
  mending outage() {
    auto& node = victim();
    tell("kill", node);
    node.kill();
    return [&node] { node.start(); };
  }
  mending pause() {
    auto& node = victim();
    tell("pause", node);
    node.pause();
    return [&node] { node.resume(); };
  }
  mending cut() {
    auto& node = victim();
    tell("cut", node);
    node.cut_connection();
    return [&node] { node.mend_connection(); };
  }
  mending spoil_command() {
    auto& node = victim();
    const auto what = random_() % std::size(command_faults);
    const auto how = random_() % 2 == 0 ? loss::announced : loss::silent;
    tell("fault " + std::to_string(static_cast<int>(command_faults[what])) +
             (how == loss::silent ? " (silent)" : ""),
         node);
    node.inject(command_faults[what], how);
    return {};
  }
  mending slow_down() {
    auto& node = victim();
    tell("slow calls", node);
    node.slow_calls(up_to(std::chrono::seconds(30)));
    return [&node] { node.slow_calls(duration(0)); };
  }
  mending compact() {
    auto& node = victim();
    tell("pending compactions", node);
    node.set_pending_compactions(1000);
    return [&node] { node.set_pending_compactions(0); };
  }
  mending change_members() {
    auto& node = victim();
    const auto shown = node.shown();
    switch (random_() % 4) {
      case 0:
        tell("a node joins beside", node);
        cluster_.add_node(shown.datacenter, shown.rack);
        break;
      case 1:
        tell("replace", node);
        cluster_.replace_node(shown.address);
        break;
      case 2:
        tell("change the address of", node);
        cluster_.change_address(shown.address);
        break;
      default:
        tell("decommission", node);
        if (cluster_.ring().nodes.size() > 6) cluster_.remove_node(shown.address);
        break;
    }
    return {};
  }

  fake_cluster& cluster_;
  chaos_options options_;
  std::vector<std::string>& history_;
  std::mt19937_64 random_;
  std::vector<std::function<mending()>> blows_;
};

}  // namespace

task<void> strike(fake_cluster& cluster, chaos_options options, std::vector<std::string>& history) {
  storm one(cluster, options, history);
  co_return co_await one.rage();
}

}  // namespace helenus::test
