#pragma once

#include "base/result.h"
#include "management/node_client.h"
#include "model/repair_event.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace helenus::management::jmx {

/// The options of repairAsync for a checked request. Errors: invalid_argument for names and ranges
/// that its lists cannot carry.
result<std::map<std::string, std::string>> repair_options(const repair_request& request,
                                                          bool with_paxos);

/// What the answer of getParentRepairStatus says; `none` is Java's null.
model::command_answer read_parent_status(const std::optional<std::vector<std::string>>& status);

}  // namespace helenus::management::jmx
