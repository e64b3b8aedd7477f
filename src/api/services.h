#pragma once

#include "api/auth/access_control.h"
#include "api/run_defaults.h"
#include "api/shown_login.h"
#include "base/clock.h"
#include "base/task.h"
#include "cluster/cluster_service.h"
#include "crypto/cryptograph.h"
#include "repair/repair_service.h"

#include <functional>
#include <string_view>

namespace helenus::api {

/// What resources work with. Complete whenever one of them is called.
struct services {
  base::clock& clock;
  cluster::cluster_service& clusters;
  repair::repair_service& repairs;
  run_defaults runs;
  bool dynamic_seeds = true;
  std::function<task<shown_logins>()> logins;  ///< those in use now
  std::string_view availability = "ALL";       ///< the configured mode
  crypto::cryptograph cryptograph{};           ///< for the passwords that are stored with clusters
  access_control* access = nullptr;            ///< null: everybody may do everything
};

}  // namespace helenus::api
