#include "model/repair_segment.h"

#include <array>

namespace helenus::model {
namespace {

constexpr std::array<std::string_view, 4> state_names = {"NOT_STARTED", "RUNNING", "DONE",
                                                         "STARTED"};

// clang-format off
constexpr int no = 0, ok = 1;
/// Which state (row) may be followed by which (column); both in the order of the names.
constexpr int legal[4][4] = {
    // NOT_STARTED RUNNING DONE STARTED
    {no,           no,     no,  ok},  // NOT_STARTED
    {ok,           no,     ok,  no},  // RUNNING
    {ok,           no,     no,  no},  // DONE
    {ok,           ok,     ok,  no},  // STARTED
};
// clang-format on

}  // namespace

std::string_view to_string(segment_state state) {
  return state_names[static_cast<std::size_t>(state)];
}

result<segment_state> parse_segment_state(std::string_view text) {
  for (std::size_t index = 0; index < state_names.size(); ++index) {
    if (state_names[index] == text) return static_cast<segment_state>(index);
  }
  return error{base::errc::invalid_argument,
               "'" + std::string(text.substr(0, 50)) +
                   "' is not a segment state: expected one of NOT_STARTED, STARTED, RUNNING, DONE"};
}

bool may_become(segment_state from, segment_state to) {
  return ok == legal[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
}

}  // namespace helenus::model
