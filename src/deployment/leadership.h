#pragma once

#include "storage/instance_store.h"

#include <vector>

namespace helenus::deployment {

/// The order in which Reaper chooses its scheduling leader: that of java.util.UUID, which compares
/// both halves as signed numbers.
bool comes_before(const model::uuid& left, const model::uuid& right);

/// Whether `self` leads those that are alive: all choose the first in that order. False while
/// `self` is not among them. Pure.
bool leads(const model::uuid& self, const std::vector<storage::instance>& alive);

}  // namespace helenus::deployment
