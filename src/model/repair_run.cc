#include "model/repair_run.h"

#include "base/assert.h"

#include <array>

namespace helenus::model {
namespace {

constexpr std::array<std::string_view, 7> state_names = {"NOT_STARTED", "RUNNING", "PAUSED", "DONE",
                                                         "ERROR",       "ABORTED", "DELETED"};
constexpr std::array<std::string_view, 3> parallelism_names = {"SEQUENTIAL", "PARALLEL",
                                                               "DATACENTER_AWARE"};

template <class Enum, std::size_t Size>
result<Enum> parse(std::string_view text, const std::array<std::string_view, Size>& names,
                   std::string_view what) {
  std::string accepted;
  for (std::size_t index = 0; index < Size; ++index) {
    if (names[index] == text) return static_cast<Enum>(index);
    accepted += (index == 0 ? "" : ", ") + std::string(names[index]);
  }
  return error{base::errc::invalid_argument, "'" + std::string(text.substr(0, 50)) + "' is not a " +
                                                 std::string(what) + ": expected one of " +
                                                 accepted};
}

}  // namespace

std::string_view to_string(run_state state) { return state_names[static_cast<std::size_t>(state)]; }

result<run_state> parse_run_state(std::string_view text) {
  return parse<run_state>(text, state_names, "run state");
}

std::string_view to_string(repair_parallelism value) {
  return parallelism_names[static_cast<std::size_t>(value)];
}

result<repair_parallelism> parse_repair_parallelism(std::string_view text) {
  return parse<repair_parallelism>(text, parallelism_names, "repair parallelism");
}

bool is_terminated(run_state state) {
  return state == run_state::done || state == run_state::error || state == run_state::aborted ||
         state == run_state::deleted;
}

bool may_become(run_state from, run_state to) {
  using enum run_state;
  switch (from) {
    case not_started:
      return to == running || to == aborted || to == deleted;
    case running:
      return to == paused || to == done || to == run_state::error || to == aborted;
    case paused:
      return to == running || to == aborted || to == deleted;
    case run_state::error:
      return to == running || to == deleted;
    case done:
    case aborted:
      return to == deleted;
    case deleted:
      return false;
  }
  HELENUS_ASSERT(false);
}

}  // namespace helenus::model
