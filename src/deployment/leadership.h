#pragma once

#include "storage/instance_store.h"

#include <optional>
#include <vector>

namespace helenus::deployment {

/// The order in which Reaper chooses its scheduling leader: that of java.util.UUID, which compares
/// both halves as signed numbers.
bool comes_before(const model::uuid& left, const model::uuid& right);

/// Who leads those that are alive: all choose the first in that order. Nobody when nobody is. Pure.
std::optional<model::uuid> leader(const std::vector<storage::instance>& alive);

}  // namespace helenus::deployment
