#include "repair/recovery/orphan_rule.h"

namespace helenus::repair {

orphan_choice judge_orphan(const model::repair_segment& segment,
                           const orphan_circumstances& circumstances) {
  const bool is_ours = circumstances.only_ours && segment.command.has_value();
  if (circumstances.leased && !is_ours) return orphan_choice::wait;
  if (!segment.coordinator) return orphan_choice::again;
  if (!circumstances.callable) {
    const bool given_up = circumstances.down || circumstances.unclaimed >= patience_with_others;
    return given_up ? orphan_choice::again : orphan_choice::wait;
  }
  if (segment.command) return orphan_choice::attach;
  return orphan_choice::find_out;
}

}  // namespace helenus::repair
