#pragma once

#include "base/secret.h"

#include <string>

namespace helenus::jmx {

/// Who we are for a JMX server.
struct credentials {
  std::string user;
  base::secret password;
};

}  // namespace helenus::jmx
