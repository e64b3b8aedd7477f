#pragma once

#include "http/message.h"

#include <optional>
#include <set>
#include <string_view>

namespace helenus::api {

/// What a person may do.
enum class role {
  user,              ///< look
  cluster_operator,  ///< everything; its name is "operator"
};
using roles = std::set<role>;

std::string_view to_text(role of);
std::optional<role> parse_role(std::string_view name);

/// Whether somebody with these roles may send a request of this method, whatever its path: as with
/// Reaper every route that changes something is for operators, and only GET is for users. Pure.
bool may_send(const roles& of, http::method verb);

}  // namespace helenus::api
