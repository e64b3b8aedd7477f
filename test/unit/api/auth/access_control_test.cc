// Logins as clients see them: through the table of routes, in virtual time.
#include "api/auth/access_control.h"

#include "api/auth/token.h"
#include "unit/api/resources/rest_fixture.h"

#include <boost/json/serialize.hpp>

namespace helenus::api {
namespace {

const base::secret key("0123456789abcdef0123456789abcdef");

access_options options() {
  return {.accounts = {{"ana", base::secret("s3cret & more"), {role::cluster_operator}},
                       {"bo", base::secret("p"), {role::user}}},
          .session_timeout = 10min,
          .signing_secret = key};
}

class access_control_test : public rest_fixture {
 protected:
  access_control_test() : access(clock, options()) {
    with.access = &access;
    add_login_route(routes, current);
  }

  http::response log_in(const std::string& form) { return post_form("/login", form); }
  std::string token_for(const std::string& form) {
    const auto answer = log_in(form);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return text_of(boost::json::parse(answer.body), "token");
  }
  http::response ask_with(method verb, const std::string& target,
                          const std::string& authorization) {
    return ask(verb, target, {}, {{"Authorization", authorization}});
  }

  access_control access;
};

TEST_F(access_control_test, a_login_gives_a_token_with_which_everything_is_answered) {
  const auto answer = log_in("username=ana&password=s3cret+%26+more&rememberMe=false");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_TRUE(answer.headers.empty());  // no cookie
  const auto body = boost::json::parse(answer.body);
  EXPECT_EQ(text_of(body, "username"), "ana");
  EXPECT_EQ(boost::json::serialize(body.at("roles")), R"(["operator"])");
  const auto token = text_of(body, "token");
  EXPECT_EQ(ask_with(method::get, "/cluster", "Bearer " + token).status, 200);
  EXPECT_EQ(ask_with(method::get, "/cluster", "bearer " + token).status, 200);
  EXPECT_EQ(get("/cluster?access_token=" + token).status, 200);
  EXPECT_EQ(ask_with(method::get, "/cluster?access_token=" + token, "Basic YTpi").status, 200);
  EXPECT_EQ(ask_with(method::post, "/cluster?seedHost=" + seed(), "Bearer " + token).status, 201);
}

TEST_F(access_control_test, users_may_be_replaced_and_who_is_left_stays_logged_in) {
  const auto bo = "Bearer " + token_for("username=bo&password=p");
  const auto ana = "Bearer " + token_for("username=ana&password=s3cret+%26+more");
  auto renewed = options();
  renewed.accounts = {{"bo", base::secret("another"), {role::user}}};
  access.replace(renewed);
  EXPECT_EQ(ask_with(method::get, "/cluster", bo).status, 200);
  EXPECT_EQ(ask_with(method::get, "/cluster", ana).status, 401);
  EXPECT_EQ(log_in("username=bo&password=another").status, 200);
  EXPECT_EQ(log_in("username=bo&password=p").status, 401);
  renewed.signing_secret = base::secret("fedcba9876543210fedcba9876543210");
  access.replace(renewed);
  EXPECT_EQ(ask_with(method::get, "/cluster", bo).status, 401);
}

TEST_F(access_control_test, without_a_good_token_nothing_is) {
  const auto expired = token_for("username=ana&password=s3cret+%26+more");
  clock.advance(10min + 1s);
  const auto of_nobody = make_token(key, "eve", {role::cluster_operator}, clock.wall_now(), 1h);
  for (const auto& authorization :
       {std::string(), std::string("Bearer"), std::string("Bearer null"),
        std::string("Basic YW5hOnMzY3JldA=="), "Bearer " + expired, "Bearer " + of_nobody}) {
    const auto refused = ask_with(method::get, "/cluster", authorization);
    EXPECT_EQ(refused.status, 401) << authorization;
    EXPECT_EQ(refused.content_type, "text/plain");
    EXPECT_NE(refused.body.find("redentials are required"), std::string::npos) << refused.body;
    EXPECT_EQ(http::find_header(refused.headers, "WWW-Authenticate"), "Bearer realm=\"realm\"");
  }
  EXPECT_EQ(get("/cluster?access_token=x").status, 401);
  EXPECT_EQ(post("/repair_run/purge").status, 401);
}

TEST_F(access_control_test, what_http_itself_answers_needs_no_token) {
  EXPECT_EQ(get("/nothing").status, 404);
  EXPECT_EQ(ask(method::options, "/cluster").status, 200);
  EXPECT_EQ(ask(method::patch, "/cluster").status, 405);
  EXPECT_EQ(get("/login").status, 405);
}

TEST_F(access_control_test, users_may_look_and_nothing_else) {
  const auto bearer = "Bearer " + token_for("username=bo&password=p");
  EXPECT_EQ(ask_with(method::get, "/repair_run", bearer).status, 200);
  for (const auto& [verb, target] :
       std::initializer_list<std::pair<method, std::string>>{{method::head, "/repair_run"},
                                                             {method::post, "/cluster"},
                                                             {method::put, "/cluster/x"},
                                                             {method::del, "/cluster/x"}}) {
    EXPECT_EQ(shown(ask_with(verb, target, bearer)),
              R"(403 {"code":403,"message":"User not authorized."})")
        << target;
  }
}

TEST_F(access_control_test, roles_are_those_of_the_configuration_not_of_the_token) {
  const auto forged = make_token(key, "bo", {role::cluster_operator}, clock.wall_now(), 1h);
  EXPECT_EQ(ask_with(method::post, "/repair_run/purge", "Bearer " + forged).status, 403);
}

TEST_F(access_control_test, remembered_logins_last_thirty_days) {
  const auto bearer = "Bearer " + token_for("username=bo&password=p&rememberMe=true");
  clock.advance(24h * 30);
  EXPECT_EQ(ask_with(method::get, "/cluster", bearer).status, 200);
  clock.advance(2s);
  EXPECT_EQ(ask_with(method::get, "/cluster", bearer).status, 401);
}

TEST_F(access_control_test, what_is_wrong_with_a_login_is_said_as_reaper_says_it) {
  for (const auto* wrong : {"username=ana&password=x", "username=eve&password=s3cret"}) {
    EXPECT_EQ(shown(log_in(wrong)), R"(401 {"code":401,"message":"Invalid credentials"})");
  }
  EXPECT_EQ(shown(log_in("password=x")),
            R"(400 {"code":400,"message":"the form parameter username is missing"})");
  EXPECT_EQ(shown(log_in("username=+&password=x")),
            R"(400 {"code":400,"message":"the form parameter username is missing"})");
  EXPECT_EQ(shown(log_in("username=ana&password=")),
            R"(400 {"code":400,"message":"the form parameter password is missing"})");
  EXPECT_EQ(log_in("username=%zz").status, 400);
  EXPECT_EQ(post("/login?username=ana&password=x").status, 415);
  EXPECT_EQ(
      ask(method::post, "/login", R"({"username":"ana"})", {{"Content-Type", "application/json"}})
          .status,
      415);
}

TEST_F(access_control_test, a_failed_login_is_answered_late_and_a_good_one_at_once) {
  const auto start = clock.now();
  token_for("username=bo&password=p");
  EXPECT_EQ(clock.now(), start);
  log_in("username=bo&password=wrong");
  EXPECT_EQ(clock.now(), start + login_brake::delay);
}

TEST_F(access_control_test, more_guesses_at_once_are_not_even_tried) {
  std::vector<int> statuses;
  base::task_group group(context.get_executor());
  http::request asked;
  asked.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  asked.body = "username=bo&password=wrong";
  asked.peer = "10.0.0.9";
  const auto guess = [](access_control& at, http::request form,
                        std::vector<int>& all) -> task<void> {
    CO_TRY(answer, co_await at.login(form));
    all.push_back(answer.status);
    co_return result<void>{};
  };
  for (int count = 0; count < 10; ++count) group.spawn("guess", guess(access, asked, statuses));
  ASSERT_TRUE(test::run(context, clock, group.join()));
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 429), 6);
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 401), 4);
}

TEST_F(access_control_test, without_users_the_answer_says_what_to_configure) {
  access_control nobody(clock, {.signing_secret = key});
  with.access = &nobody;
  EXPECT_NE(get("/cluster").body.find("REAPER_AUTH_USER"), std::string::npos);
  EXPECT_NE(log_in("username=x&password=y").body.find("REAPER_AUTH_USER"), std::string::npos);
  EXPECT_EQ(log_in("username=x&password=y").status, 401);
}

}  // namespace
}  // namespace helenus::api
