#include "repair/run/purge_choice.h"

#include <algorithm>
#include <map>

namespace helenus::repair {

std::vector<model::repair_run> choose_runs_to_purge(std::vector<model::repair_run> runs,
                                                    const repair_options& keep,
                                                    model::wall_time now) {
  std::sort(runs.begin(), runs.end(),
            [](const auto& left, const auto& right) { return left.end_time > right.end_time; });
  std::map<model::unit_id, int> newer_of_unit;
  std::vector<model::repair_run> chosen;
  for (auto& run : runs) {
    if (!model::is_terminated(run.state)) continue;
    const bool too_many =
        keep.runs_to_keep_per_unit > 0 && newer_of_unit[run.unit]++ >= keep.runs_to_keep_per_unit;
    const bool too_old = keep.purge_after_days > 0 && run.end_time &&
                         *run.end_time < now - std::chrono::hours(24) * keep.purge_after_days;
    if (too_many || too_old) chosen.push_back(std::move(run));
  }
  return chosen;
}

}  // namespace helenus::repair
