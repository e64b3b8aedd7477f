#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "model/cluster.h"
#include "model/repair_run.h"
#include "model/repair_schedule.h"
#include "model/repair_segment.h"
#include "model/repair_unit.h"
#include "storage/lease_store.h"

#include <string_view>
#include <vector>

namespace helenus::storage {

/// The rules that every stored row satisfies, as the model types document them. Every backend asks
/// before it writes; those that read bytes from outside ask again after reading.
/// The error is errc::invalid_row and names the row and the rule.
result<void> check(const model::cluster& row);
result<void> check(const model::repair_unit& row);
result<void> check(const model::repair_run& row);
result<void> check(const model::repair_segment& row);
result<void> check(const model::repair_schedule& row);
result<void> check(const instance& row);
result<void> check(const node_lease& row);
result<void> check_secret(std::string_view name, const base::secret& value);

/// Whether a lease may be asked for with these nodes handed over: nodes of its own, each once; and
/// with these freed: nodes that are not of it, each once.
result<void> check_take(const node_lease& what, const std::vector<handed_node>& handed,
                        const std::vector<handed_node>& freed);

/// Whether so many segments may be asked for at once.
result<void> check_asked(const std::vector<model::segment_id>& ids);

/// Whether the three may be stored by one run_store::create().
result<void> check_creation(const model::repair_unit& unit, const model::repair_run& run,
                            const std::vector<model::repair_segment>& segments);

/// Whether the two may be stored by one schedule_store::create().
result<void> check_creation(const model::repair_unit& unit, const model::repair_schedule& schedule);

/// Whether `next` may take the place of `stored`: what never changes is the same.
result<void> check_replacement(const model::repair_run& stored, const model::repair_run& next);
result<void> check_replacement(const model::repair_segment& stored,
                               const model::repair_segment& next);
result<void> check_replacement(const model::repair_schedule& stored,
                               const model::repair_schedule& next);

/// Whether `parts` may take the place of `old`: the same tokens, none twice, in the same run.
result<void> check_split(const model::repair_segment& old,
                         const std::vector<model::repair_segment>& parts);

}  // namespace helenus::storage
