#include "model/repair_schedule.h"

#include <array>

namespace helenus::model {
namespace {

constexpr std::array<std::string_view, 3> state_names = {"ACTIVE", "PAUSED", "DELETED"};

// clang-format off
constexpr int no = 0, ok = 1;
/// Which state (row) may be followed by which (column); both in the order of the names.
constexpr int legal[3][3] = {
    // ACTIVE PAUSED DELETED
    {no,      ok,    no},  // ACTIVE
    {ok,      no,    ok},  // PAUSED
    {no,      no,    no},  // DELETED
};
// clang-format on

}  // namespace

std::string_view to_string(schedule_state state) {
  return state_names[static_cast<std::size_t>(state)];
}

result<schedule_state> parse_schedule_state(std::string_view text) {
  for (std::size_t index = 0; index < state_names.size(); ++index) {
    if (state_names[index] == text) return static_cast<schedule_state>(index);
  }
  return error{base::errc::invalid_argument,
               "'" + std::string(text.substr(0, 50)) +
                   "' is not a schedule state: expected one of ACTIVE, PAUSED, DELETED"};
}

bool may_become(schedule_state from, schedule_state to) {
  return ok == legal[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
}

std::string cause_of_runs(schedule_id schedule) {
  return "scheduled run (schedule id " + schedule.value().to_string() + ")";
}

}  // namespace helenus::model
