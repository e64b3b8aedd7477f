#include "api/auth/access_control.h"

#include "api/auth/token.h"
#include "api/requests/parameters.h"
#include "api/resources/answers.h"
#include "base/log.h"

namespace helenus::api {

namespace {

constexpr auto remembered_for = std::chrono::hours(30 * 24);
constexpr const char* nobody_may =
    "no user is configured, so nobody may log in: set REAPER_AUTH_USER and REAPER_AUTH_PASSWORD, "
    "or "
    "accessControl.users";

/// The token of "Authorization: Bearer TOKEN" or, without one, of ?access_token=.
std::string_view token_of(const http::request& asked) {
  const auto given = asked.header_value("Authorization").value_or("");
  const auto blank = given.find(' ');
  if (blank != std::string_view::npos &&
      http::same_ignoring_case(given.substr(0, blank), "Bearer")) {
    return given.substr(blank + 1);
  }
  return asked.query("access_token").value_or("");
}

http::response unauthorized(std::string text) {
  return {.status = 401,
          .content_type = "text/plain",
          .body = std::move(text) + "\n",
          .headers = {{"WWW-Authenticate", "Bearer realm=\"realm\""}}};
}

}  // namespace

access_control::access_control(base::clock& clock, access_options options)
    : clock_(clock),
      session_timeout_(options.session_timeout),
      key_(std::move(options.signing_secret)),
      accounts_(options.accounts) {}

void access_control::replace(access_options options) {
  session_timeout_ = options.session_timeout;
  key_ = std::move(options.signing_secret);
  accounts_ = accounts(options.accounts);
}

task<http::response> access_control::login(const http::request& asked) {
  const auto type = asked.header_value("Content-Type").value_or("");
  if (!type.starts_with("application/x-www-form-urlencoded")) co_return http::error_response(415);
  const auto form = http::parse_parameters(asked.body);
  if (!form) co_return http::error_response(400, "the form is not readable");
  const auto name = optional_text(*form, "username");
  if (!name) co_return http::error_response(400, "the form parameter username is missing");
  const auto password = optional_text(*form, "password");
  if (!password) co_return http::error_response(400, "the form parameter password is missing");
  if (accounts_.empty()) co_return http::error_response(401, nobody_may);
  if (!brake_.allows(asked.peer)) {
    auto later = http::error_response(429, "too many logins that failed; try again later");
    later.headers.push_back({"Retry-After", std::to_string(login_brake::delay.count())});
    co_return later;
  }
  const auto* known = accounts_.check(*name, *password);
  if (!known) co_return co_await refuse_late(asked.peer);
  const auto lifetime =
      lenient_flag(*form, "rememberMe") ? std::chrono::seconds(remembered_for) : session_timeout_;
  json_writer out;
  out.begin_object().key("token").text(
      make_token(key_, known->name, known->roles, clock_.wall_now(), lifetime));
  out.key("username").text(known->name).key("roles").begin_array();
  for (const auto one : known->roles) out.text(to_text(one));
  out.end_array().end_object();
  co_return json_answer(std::move(out));
}

task<http::response> access_control::refuse_late(std::string peer) {
  // Not the name: people type their password there.
  base::log_warn("api", "a login failed", {{"peer", peer}});
  const login_brake::late_answer late(brake_, std::move(peer));
  co_await clock_.sleep_for(login_brake::delay);
  co_return http::error_response(401, "Invalid credentials");
}

std::optional<http::response> access_control::refusal(const http::request& asked) const {
  if (accounts_.empty()) return unauthorized(nobody_may);
  const auto name = token_subject(key_, token_of(asked), clock_.wall_now());
  const auto* known = name ? accounts_.find(*name) : nullptr;
  if (!known) {
    return unauthorized(
        "credentials are required: POST /login gives a token, to be sent as 'Authorization: Bearer "
        "TOKEN'");
  }
  // Roles as they are configured now, not as they were when the token was made.
  if (!may_send(known->roles, asked.verb)) return http::error_response(403, "User not authorized.");
  return std::nullopt;
}

}  // namespace helenus::api
