#include "api/shown_login.h"

namespace helenus::api {

shown_login shown_logins::effective(const model::cluster& cluster) const {
  if (!cluster.jmx_password.empty()) return {cluster.jmx_username, true};
  const auto symbolic = model::symbolic_name(cluster.name);
  for (const auto& [name, login] : by_cluster) {
    if (name == cluster.name || model::symbolic_name(name) == symbolic) return login;
  }
  if (!cluster.jmx_username.empty()) {
    for (const auto& [name, login] : by_cluster) {
      if (login.username == cluster.jmx_username) return login;
    }
  }
  return by_default;
}

}  // namespace helenus::api
