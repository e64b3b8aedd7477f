#pragma once

#include "base/result.h"

namespace helenus::storage::sqlite {

/// A failure of SQLite in the words of the seam, with what an operator can do about it. Other
/// failures stay as they are.
error as_storage_error(error failure);

}  // namespace helenus::storage::sqlite
