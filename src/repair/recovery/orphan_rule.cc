#include "repair/recovery/orphan_rule.h"

namespace helenus::repair {

orphan_choice judge_orphan(const model::repair_segment& segment) {
  if (!segment.coordinator) return orphan_choice::again;
  if (segment.command) return orphan_choice::attach;
  return orphan_choice::find_out;
}

}  // namespace helenus::repair
