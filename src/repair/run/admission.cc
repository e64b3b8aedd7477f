#include "repair/run/admission.h"

#include <algorithm>
#include <tuple>

namespace helenus::repair {

std::set<model::run_id> admit(std::vector<admission_candidate> running, int limit) {
  std::sort(running.begin(), running.end(), [](const auto& left, const auto& right) {
    return std::tuple(left.id.value().timestamp(), left.id) <
           std::tuple(right.id.value().timestamp(), right.id);
  });
  std::set<model::run_id> admitted;
  int slots = 0;
  for (const auto& candidate : running) {
    if (slots >= limit) break;
    admitted.insert(candidate.id);
    if (!candidate.stalled) ++slots;
  }
  return admitted;
}

}  // namespace helenus::repair
