#pragma once

#include "deployment/coordination.h"
#include "deployment/reach_policy.h"
#include "deployment/solo.h"

#include <memory>

namespace helenus::deployment {

/// How this instance works: made once, in app/make_deployment.cc, from the configuration and from
/// what the start found out. The default is one instance that reaches every node.
struct mode {
  reach_policy reach;
  std::unique_ptr<coordination> peers = std::make_unique<solo>();
};

}  // namespace helenus::deployment
