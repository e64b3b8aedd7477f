#pragma once

#include "api/auth/role.h"
#include "base/clock.h"
#include "base/secret.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace helenus::api {

// Tokens are JSON Web Tokens (RFC 7519) in the compact form of RFC 7515, signed with HMAC. As with
// Reaper, so that both accept each other's when they share the secret: its bytes are the key, and
// its length chooses the algorithm: HS256 from 32 bytes, HS384 from 48, HS512 from 64. Pure.

/// A token for somebody, good for `lifetime` from `now` on.
std::string make_token(const base::secret& key, std::string_view name, const roles& of,
                       base::clock::wall_time now, std::chrono::seconds lifetime);

/// Whom a token is for; nothing when it is not signed with `key`, its time is over or has not
/// begun, or it is no token at all. Any of the three algorithms for which the key is long enough is
/// accepted, and no other: `none` is no signature.
std::optional<std::string> token_subject(const base::secret& key, std::string_view token,
                                         base::clock::wall_time now);

}  // namespace helenus::api
