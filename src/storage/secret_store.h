#pragma once

#include "base/secret.h"
#include "base/task.h"

#include <string>

namespace helenus::storage {

/// Secrets that every instance of a deployment has to know and nobody has to choose, such as the
/// one that signs tokens of logins. Whoever can read the storage can read them.
class secret_store {
 public:
  virtual ~secret_store() = default;
  /// The secret of that name. When there is none, `candidate` is kept and returned; of instances
  /// that ask at the same time all get the same one. invalid_row: an empty name or candidate.
  virtual task<base::secret> find_or_keep(std::string name, base::secret candidate) = 0;
};

}  // namespace helenus::storage
