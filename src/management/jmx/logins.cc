#include "management/jmx/logins.h"

namespace helenus::management::jmx {

std::optional<::helenus::jmx::credentials> choose_login(const jmx_logins& from,
                                                        const known_login& known) {
  if (!known.stored.password.empty()) return known.stored;
  for (const auto& [name, login] : from.by_cluster) {
    if (name == known.cluster ||
        model::symbolic_name(name) == model::symbolic_name(known.cluster)) {
      return login;
    }
  }
  if (!known.stored.user.empty()) {
    // Registered with a user: the password that is configured for that user.
    for (const auto& [name, login] : from.by_cluster) {
      if (login.user == known.stored.user) return login;
    }
  }
  return from.by_default;
}

}  // namespace helenus::management::jmx
