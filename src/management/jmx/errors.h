#pragma once

#include "base/result.h"

namespace helenus::management::jmx {

/// What a failure of the JMX client means to somebody who talks to a node. The detail is kept.
error from_jmx(error failure);

}  // namespace helenus::management::jmx
