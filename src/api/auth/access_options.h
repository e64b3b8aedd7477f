#pragma once

#include "api/auth/role.h"
#include "base/secret.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace helenus::api {

/// Shorter keys can be guessed by trying (RFC 7518, section 3.2).
constexpr std::size_t least_signing_secret = 32;

/// Somebody who may log in.
struct account {
  std::string name;
  base::secret password;
  api::roles roles;
};

/// Who may use the REST interface.
struct access_options {
  std::vector<account> accounts;  ///< names differ; without any nobody may
  std::chrono::seconds session_timeout = std::chrono::minutes(10);
  /// Signs tokens; at least `least_signing_secret` bytes. Empty: one is made and kept in storage.
  base::secret signing_secret;
};

}  // namespace helenus::api
