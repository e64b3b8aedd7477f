#pragma once

#include "base/result.h"

namespace helenus::management::jmx {

/// What a failure of the JMX client means to somebody who talks to a node. The detail is kept.
error from_jmx(error failure);

/// Whether the node itself refused what was asked, so that it surely did not begin it. Every other
/// failure of a call leaves that open.
bool surely_refused(const error& failure);

}  // namespace helenus::management::jmx
