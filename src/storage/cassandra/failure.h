#pragma once

#include "base/result.h"
#include "base/uuid.h"

#include <string_view>

namespace helenus::storage::cassandra {

/// A failure of CQL in the words of the seam, with what an operator can do about it. Other failures
/// stay as they are.
error as_storage_error(error failure);

/// A failure of reading the row of this kind and id, which it names. What breaks a rule of the
/// model is corrupt.
error of_row(std::string_view kind, const base::uuid& id, error failure);

/// Whether a write may have happened although it failed.
bool may_have_happened(const error& failure);

}  // namespace helenus::storage::cassandra
