#include "model/repair_run.h"

#include <array>

namespace helenus::model {
namespace {

constexpr std::array<std::string_view, 7> state_names = {"NOT_STARTED", "RUNNING", "PAUSED", "DONE",
                                                         "ERROR",       "ABORTED", "DELETED"};
constexpr std::array<std::string_view, 3> parallelism_names = {"SEQUENTIAL", "PARALLEL",
                                                               "DATACENTER_AWARE"};

// clang-format off
constexpr int no = 0, ok = 1;
/// Which state (row) may be followed by which (column); both in the order of the names.
constexpr int legal[7][7] = {
    // NOT_STARTED RUNNING PAUSED DONE ERROR ABORTED DELETED
    {no,           ok,     no,    no,  no,   ok,     ok},  // NOT_STARTED
    {no,           no,     ok,    ok,  ok,   ok,     no},  // RUNNING
    {no,           ok,     no,    no,  no,   ok,     ok},  // PAUSED
    {no,           no,     no,    no,  no,   ok,     ok},  // DONE
    {no,           ok,     no,    no,  no,   no,     ok},  // ERROR
    {no,           no,     no,    no,  no,   no,     ok},  // ABORTED
    {no,           no,     no,    no,  no,   no,     no},  // DELETED
};
// clang-format on

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
  return ok == legal[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
}

}  // namespace helenus::model
