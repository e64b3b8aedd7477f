#include "contract/management/world.h"

namespace helenus::test {

task<management::repair_request> some_ranges(management_world& world, std::size_t count) {
  management::repair_request request;
  request.keyspace = world.keyspace();
  CO_TRY(tables, co_await world.client()->tables(request.keyspace));
  for (const auto& table : tables) request.tables.push_back(table.name);
  CO_TRY(ring, co_await world.client()->keyspace_ring(request.keyspace));
  for (std::size_t index = 0; index < std::min(count, ring.ranges.size()); ++index) {
    request.ranges.push_back(ring.ranges[index].range);
  }
  co_return std::move(request);
}

task<std::vector<model::repair_event>> events_to_the_end(management::repair_session& session) {
  std::vector<model::repair_event> events;
  bool outcome = false;
  bool completed = false;
  while (!outcome || !completed) {
    CO_TRY(event, co_await session.next());
    events.push_back(event);
    if (std::holds_alternative<model::coordinator_restarted>(event)) break;
    if (const auto* answer = std::get_if<model::command_answer>(&event)) {
      if (answer->state == model::command_state::succeeded) break;
      if (answer->state == model::command_state::failed) break;
    }
    outcome = outcome || std::holds_alternative<model::command_succeeded>(event) ||
              std::holds_alternative<model::command_failed>(event);
    if (const auto* end = std::get_if<model::command_completed>(&event)) {
      completed = true;
      outcome = outcome || end->says_error;
    }
  }
  co_return std::move(events);
}

}  // namespace helenus::test
