#pragma once

#include "api/auth/access_options.h"
#include "api/auth/accounts.h"
#include "api/auth/login_brake.h"
#include "base/clock.h"
#include "base/task.h"
#include "http/message.h"

#include <optional>

namespace helenus::api {

/// Who may use the REST interface: hands out tokens for passwords and asks for them.
class access_control {
 public:
  /// `options.signing_secret` is there.
  access_control(base::clock& clock, access_options options);

  /// From now on these count: tokens of who is left stay good as long as the secret is the same.
  /// Logins that failed before are still answered late.
  void replace(access_options options);

  /// Answers POST /login. What is wrong is answered late (login_brake).
  task<http::response> login(const http::request& asked);
  /// Why the request may not go on: 401 without a token that is good, 403 when that does not do.
  /// Nothing when it may.
  std::optional<http::response> refusal(const http::request& asked) const;

 private:
  task<http::response> refuse_late(std::string peer);

  base::clock& clock_;
  std::chrono::seconds session_timeout_;
  base::secret key_;
  accounts accounts_;
  login_brake brake_;
};

}  // namespace helenus::api
