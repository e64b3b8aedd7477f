#pragma once

#include "base/result.h"

namespace helenus::storage::cassandra {

/// A failure of CQL in the words of the seam, with what an operator can do about it. Other failures
/// stay as they are.
error as_storage_error(error failure);

/// Whether a write may have happened although it failed.
bool may_have_happened(const error& failure);

}  // namespace helenus::storage::cassandra
