#include "support/fake_command.h"

#include <algorithm>

namespace helenus::test {
namespace {

using namespace std::chrono_literals;

constexpr auto forever = time_point::max();

model::command_started started_text(const fake_command& command) {
  model::command_started event;
  event.range_count = static_cast<int>(command.request.ranges.size());
  return event;
}

void lose(std::vector<timed_event>& timeline, loss how, bool (*which)(const model::repair_event&)) {
  for (auto& entry : timeline) {
    if (which(entry.event)) entry.lost = how;
  }
}

template <class Event>
bool is(const model::repair_event& event) {
  return std::holds_alternative<Event>(event);
}

bool is_end(const model::repair_event& event) {
  return is<model::command_succeeded>(event) || is<model::command_completed>(event);
}

void plan_failure(fake_command& command, fault kind, time_point begins, time_point ends) {
  const auto failed = model::command_failed{"remote: repair session failed"};
  command.planned = command_end::failed;
  command.timeline.clear();
  if (kind != fault::fail_without_start) {
    command.timeline.push_back({begins, started_text(command), {}});
  }
  command.timeline.push_back({ends, failed, {}});
  if (kind == fault::fail_twice) {
    command.timeline.push_back({ends, model::command_failed{"Some repair failed"}, {}});
  }
  command.timeline.push_back({ends, model::command_completed{kind != fault::fail_twice}, {}});
}

// The events of a command that goes well, changed by a fault that touches only them.
void disturb(std::vector<timed_event>& timeline, fault kind, loss how) {
  switch (kind) {
    case fault::lose_started:
      return lose(timeline, how, is<model::command_started>);
    case fault::lose_succeeded:
      return lose(timeline, how, is<model::command_succeeded>);
    case fault::lose_completed:
      return lose(timeline, how, is<model::command_completed>);
    case fault::lose_end:
      return lose(timeline, how, is_end);
    case fault::lose_everything:
      return lose(timeline, how, [](const model::repair_event&) { return true; });
    case fault::completed_first:
      return std::swap(timeline[1].event, timeline[2].event);
    case fault::started_last:
      timeline[0].when = timeline[2].when;
      std::rotate(timeline.begin(), timeline.begin() + 1, timeline.end());
      return;
    case fault::late_completed:
      timeline[2].when += 30s;
      return;
    case fault::duplicate_events: {
      std::vector<timed_event> twice;
      for (const auto& entry : timeline) twice.insert(twice.end(), 2, entry);
      timeline = std::move(twice);
      return;
    }
    case fault::extra_events: {
      const auto middle = timeline[0].when + (timeline[1].when - timeline[0].when) / 2;
      timeline.insert(timeline.begin() + 1,
                      {{middle, model::command_progress{1, 2, "session completed"}, {}},
                       {middle, model::command_notice{"some information"}, {}}});
      return;
    }
    default:
      return;
  }
}

}  // namespace

void plan_command(fake_command& command, duration length, duration start_delay,
                  std::optional<fault> suffers, loss how) {
  if (suffers == fault::late_started) start_delay += 30s;
  if (suffers == fault::fail_without_start) length = 0s;
  const auto begins = command.started + start_delay;
  command.ends = begins + length;
  command.timeline = {{begins, started_text(command), {}},
                      {command.ends, model::command_succeeded{"Repair completed successfully"}, {}},
                      {command.ends, model::command_completed{}, {}}};
  if (!suffers) return;
  if (suffers == fault::hang) {
    command.ends = forever;
    command.timeline.resize(1);
    return;
  }
  if (suffers == fault::fail || suffers == fault::fail_twice ||
      suffers == fault::fail_without_start) {
    return plan_failure(command, *suffers, begins, command.ends);
  }
  disturb(command.timeline, *suffers, how);
}

void fake_command::stop(time_point now, command_end how) {
  outcome = how;
  ends = now;
  doomed.reset();
  std::erase_if(timeline, [now](const timed_event& entry) { return entry.when > now; });
}

void fake_command::fail_now(time_point now, std::string reason) {
  stop(now, command_end::failed);
  timeline.push_back({now, model::command_failed{"remote: " + reason}, {}});
  timeline.push_back({now, model::command_completed{true}, {}});
}

void fake_command::delay_rest(time_point now, duration pause) {
  for (auto& entry : timeline) {
    if (entry.when > now - pause) entry.when += pause;
  }
  if (ends != forever && ends > now - pause) ends += pause;
}

duration_model takes(duration always) {
  return [always](const management::repair_request&, std::uint64_t) { return always; };
}

duration_model takes_between(duration least, duration most) {
  return [least, most](const management::repair_request&, std::uint64_t random) {
    const auto width = static_cast<std::uint64_t>((most - least).count()) + 1;
    return least + duration(static_cast<std::int64_t>(random % width));
  };
}

duration_model takes_by_span(duration whole_ring, model::partitioner kind, duration least) {
  return [=](const management::repair_request& request, std::uint64_t) {
    double share = 0;
    for (const auto& range : request.ranges) {
      share += static_cast<double>(range.span(kind)) / static_cast<double>(model::ring_size(kind));
    }
    const auto length = static_cast<double>(whole_ring.count()) * share;
    return std::max(least, duration(static_cast<std::int64_t>(length)));
  };
}

}  // namespace helenus::test
