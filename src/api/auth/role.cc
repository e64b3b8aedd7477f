#include "api/auth/role.h"

namespace helenus::api {

std::string_view to_text(role of) { return of == role::user ? "user" : "operator"; }

std::optional<role> parse_role(std::string_view name) {
  for (const auto known : {role::user, role::cluster_operator}) {
    if (name == to_text(known)) return known;
  }
  return std::nullopt;
}

bool may_send(const roles& of, http::method verb) {
  if (of.contains(role::cluster_operator)) return true;
  return of.contains(role::user) && verb == http::method::get;
}

}  // namespace helenus::api
