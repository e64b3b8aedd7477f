#include "model/repair_segment.h"

#include "base/assert.h"

namespace helenus::model {

std::string_view to_string(segment_state state) {
  switch (state) {
    case segment_state::not_started:
      return "NOT_STARTED";
    case segment_state::running:
      return "RUNNING";
    case segment_state::done:
      return "DONE";
    case segment_state::started:
      return "STARTED";
  }
  HELENUS_ASSERT(false);
}

result<segment_state> parse_segment_state(std::string_view text) {
  using enum segment_state;
  for (const auto state : {not_started, running, done, started}) {
    if (to_string(state) == text) return state;
  }
  return error{base::errc::invalid_argument,
               "'" + std::string(text.substr(0, 50)) +
                   "' is not a segment state: expected one of NOT_STARTED, STARTED, RUNNING, DONE"};
}

bool may_become(segment_state from, segment_state to) {
  using enum segment_state;
  switch (from) {
    case not_started:
      return to == started;
    case started:
      return to == running || to == done || to == not_started;
    case running:
      return to == done || to == not_started;
    case done:
      return to == not_started;
  }
  HELENUS_ASSERT(false);
}

}  // namespace helenus::model
