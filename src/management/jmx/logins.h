#pragma once

#include "jmx/credentials.h"
#include "model/cluster.h"

#include <map>
#include <optional>
#include <string>

namespace helenus::management::jmx {

/// As whom nodes are reached.
struct jmx_logins {
  /// By cluster name; the symbolic name (lower case) is found too. A login that is stored with its
  /// cluster goes before.
  std::map<std::string, ::helenus::jmx::credentials> by_cluster;
  /// For clusters that are not in `by_cluster`.
  std::optional<::helenus::jmx::credentials> by_default;
};

/// A cluster's name and what is stored of its login, whose password may be encrypted.
struct known_login {
  std::string cluster;
  ::helenus::jmx::credentials stored;  ///< both may be empty
};

/// The login for nodes of a cluster: its own, that of its name, that of its user, the default.
std::optional<::helenus::jmx::credentials> choose_login(const jmx_logins& from,
                                                        const known_login& known);

}  // namespace helenus::management::jmx
