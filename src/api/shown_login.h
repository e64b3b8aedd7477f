#pragma once

#include "model/cluster.h"

#include <map>
#include <string>

namespace helenus::api {

/// What may be shown of a login: never its password.
struct shown_login {
  std::string username;  ///< empty: without a login
  bool has_password = false;
};

/// The logins of the configuration.
struct shown_logins {
  shown_login by_default;
  std::map<std::string, shown_login> by_cluster;  ///< name as configured

  /// The login with which nodes of the cluster are asked: the one that is stored with it, else
  /// the one of its name, else the one of its stored user, else the default. Pure.
  shown_login effective(const model::cluster& cluster) const;
};

}  // namespace helenus::api
