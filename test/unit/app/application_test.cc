#include "app/application.h"

#include "api/routes.h"
#include "config/load.h"
#include "http/client.h"
#include "support/captured_log.h"
#include "support/run.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <variant>

namespace helenus::app {
namespace {

namespace asio = boost::asio;

using namespace std::chrono_literals;

/// The whole daemon on free ports of this machine, and what it answers.
class application_test : public ::testing::Test {
 protected:
  ~application_test() override { std::filesystem::remove_all(folder); }

  config::settings settings() {
    config::settings made;
    made.application.listen = {.host = "127.0.0.1", .port = 0};
    made.admin.listen = {.host = "127.0.0.1", .port = 0};
    made.storage.folder = storage_folder;
    made.start_retry = {20ms, 20ms, 1.0, 0.0};
    return made;
  }

  /// Runs the daemon, does `what` as soon as its ports are open, and stops it.
  int run(config::settings with, std::function<task<void>()> what) {
    tested.emplace(context.get_executor(), clock, std::move(with), "test");
    auto work = [this, &what]() -> task<int> {
      base::task_group group(context.get_executor());
      group.spawn("client",
                  [](application_test& self, std::function<task<void>()> body) -> task<void> {
                    while (self.tested->status().state < startup_state::opening_storage) {
                      co_await self.clock.sleep_for(1ms);
                    }
                    co_await base::with_timeout(self.clock, body(), 20s, "the test");
                    self.tested->request_stop();
                    co_return result<void>{};
                  }(*this, what));
      auto code = co_await tested->run();
      CO_TRY_VOID(co_await group.join());
      co_return code;
    };
    return *test::run_blocking(context, work());
  }

  task<http::response> ask(std::uint16_t port, http::method verb, std::string target) {
    co_return co_await http::fetch(clock, {.host = "127.0.0.1", .port = port, .timeout = 5s},
                                   {.verb = verb, .raw_target = std::move(target)});
  }

  task<http::response> log_in(std::string user, std::string password) {
    co_return co_await http::fetch(
        clock, {.host = "127.0.0.1", .port = tested->application_port(), .timeout = 5s},
        {.verb = http::method::post,
         .raw_target = "/login",
         .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
         .body = "username=" + user + "&password=" + password});
  }

  task<void> wait_until_ready() {
    while (!(tested->status().state == startup_state::ready)) co_await clock.sleep_for(1ms);
    co_return result<void>{};
  }

  boost::asio::io_context context;
  base::real_clock clock;
  std::string folder = (std::filesystem::temp_directory_path() /
                        ("helenus-application-test-" + std::to_string(getpid())))
                           .string();
  std::string storage_folder = folder;
  std::optional<application> tested;
};

TEST_F(application_test, answers_health_metrics_and_resources_and_drains) {
  const auto code = run(settings(), [this]() -> task<void> {
    CO_TRY_VOID(co_await wait_until_ready());
    const auto app = tested->application_port();
    const auto admin = tested->admin_port();
    const std::vector<std::tuple<std::uint16_t, http::method, std::string, int, std::string>>
        expected{
            {app, http::method::get, "/ping", 204, ""},
            {app, http::method::get, "/healthcheck", 200, "\"reaper\":{\"healthy\":true"},
            {app, http::method::get, "/readyz", 200, "ok\n"},
            {admin, http::method::get, "/ping", 200, "pong\n"},
            {admin, http::method::get, "/", 200, "<a href=\"/healthcheck\">"},
            {admin, http::method::get, "/prometheusMetrics", 200, "process_open_fds "},
            {admin, http::method::get, "/metrics?name[]=helenus_build_info", 200,
             "helenus_build_info{version=\"test\",} 1\n"},
            {app, http::method::get, "/cluster", 200, "[]"},
            {admin, http::method::get, "/metrics?name[]=helenus_storage_reads_total", 200,
             "helenus_storage_reads_total "},
            {app, http::method::get, "/cluster/nope", 404, "cluster with name \"nope\" not found"},
            {app, http::method::get, "/cluster/auth", 405, "HTTP 405"},
            {app, http::method::post, "/cluster", 400, "seedHost"},
            {app, http::method::post, "/cluster/auth", 415, "HTTP 415"},
            {app, http::method::get, "/repair_run", 200, "[]"},
            {app, http::method::get, "/repair_run?limit=x", 404, "HTTP 404"},
            {app, http::method::get, "/repair_run?state=WHAT", 400, "WHAT"},
            {app, http::method::get, "/repair_run?cluster_name=nope", 404, "not found"},
            {app, http::method::get, "/repair_run/cluster/nope", 200, "[]"},
            {app, http::method::get, "/repair_run/purge", 405, "HTTP 405"},
            {app, http::method::post, "/repair_run/purge", 200, "0"},
            {app, http::method::get, "/repair_run/x", 404, "HTTP 404"},
            {app, http::method::get, "/repair_run/1-1-1-1-1", 404, "doesn't exist"},
            {app, http::method::put, "/repair_run/1-1-1-1-1/state/RUNNING", 404, "doesn't exist"},
            {app, http::method::put, "/repair_run/1-1-1-1-1/intensity/2", 400, "intensity"},
            {app, http::method::del, "/repair_run/1-1-1-1-1", 400, "owner"},
            {app, http::method::del, "/repair_run/1-1-1-1-1?owner=me", 404,
             "Repair run %s00000001-0001-0001-0001-000000000001 not found"},
            {app, http::method::post, "/repair_run", 400, "clusterName"},
            {app, http::method::post, "/repair_run?clusterName=nope&keyspace=k&owner=o", 404,
             "not found"},
        };
    for (const auto& [port, verb, target, status, part] : expected) {
      CO_TRY(answer, co_await ask(port, verb, target));
      EXPECT_EQ(answer.status, status) << target << ": " << answer.body;
      EXPECT_NE(answer.body.find(part), std::string::npos) << target << ": " << answer.body;
    }
    co_return result<void>{};
  });
  EXPECT_EQ(code, exit_drained);
}

TEST_F(application_test, serves_while_storage_cannot_be_opened_and_says_why) {
  storage_folder = "/proc/helenus";
  const auto code = run(settings(), [this]() -> task<void> {
    while (tested->status().failed_attempts < 2) co_await clock.sleep_for(1ms);
    CO_TRY(live, co_await ask(tested->admin_port(), http::method::get, "/healthcheck"));
    EXPECT_EQ(live.status, 200);
    CO_TRY(answer, co_await ask(tested->application_port(), http::method::get, "/cluster"));
    EXPECT_EQ(answer.status, 503);
    EXPECT_NE(answer.body.find("/proc/helenus"), std::string::npos) << answer.body;
    EXPECT_TRUE(http::find_header(answer.headers, "Retry-After"));
    co_return result<void>{};
  });
  EXPECT_EQ(code, exit_drained);
}

TEST_F(application_test, beside_a_node_that_is_not_there_it_is_ready_and_says_what_it_waits_for) {
  auto with = settings();
  with.deployment.availability = config::datacenter_availability::sidecar;
  with.jmx.host_ports["127.0.0.1"] = 1;  // where nobody listens
  const auto code = run(with, [this]() -> task<void> {
    while (tested->status().failed_attempts < 2) co_await clock.sleep_for(1ms);
    for (const auto port : {tested->application_port(), tested->admin_port()}) {
      CO_TRY(probe, co_await ask(port, http::method::get, "/readyz"));
      EXPECT_EQ(probe.status, 200) << probe.body;
    }
    CO_TRY(status, co_await ask(tested->admin_port(), http::method::get, "/status"));
    EXPECT_NE(status.body.find("\"state\":\"joining\""), std::string::npos) << status.body;
    EXPECT_NE(status.body.find("\"waiting_for\":\"the local node\""), std::string::npos)
        << status.body;
    EXPECT_NE(status.body.find("local node 127.0.0.1"), std::string::npos) << status.body;
    CO_TRY(answer, co_await ask(tested->application_port(), http::method::get, "/cluster"));
    EXPECT_EQ(answer.status, 503);
    co_return result<void>{};
  });
  EXPECT_EQ(code, exit_drained);
}

TEST_F(application_test, half_a_request_and_ten_mebibytes_are_refused_and_others_are_served) {
  auto with = settings();
  with.application.limits.head_timeout = 200ms;
  const auto code = run(with, [this]() -> task<void> {
    CO_TRY_VOID(co_await wait_until_ready());
    const auto port = tested->application_port();
    asio::ip::tcp::socket half(context);
    co_await half.async_connect({asio::ip::address_v4::loopback(), port}, asio::use_awaitable);
    co_await asio::async_write(half, asio::buffer(std::string_view("GET /clus")),
                               asio::use_awaitable);
    CO_TRY(served, co_await ask(port, http::method::get, "/ping"));
    EXPECT_EQ(served.status, 204);
    std::string received;
    boost::system::error_code ended;
    co_await asio::async_read(half, asio::dynamic_buffer(received),
                              asio::redirect_error(asio::use_awaitable, ended));
    EXPECT_TRUE(received.starts_with("HTTP/1.1 408")) << received;
    CO_TRY(large, co_await http::fetch(clock, {.host = "127.0.0.1", .port = port, .timeout = 15s},
                                       {.verb = http::method::post,
                                        .raw_target = "/cluster/auth",
                                        .body = std::string(10 * 1024 * 1024, 'a')}));
    EXPECT_EQ(large.status, 413);
    co_return result<void>{};
  });
  EXPECT_EQ(code, exit_drained);
}

TEST_F(application_test, other_web_pages_may_use_it_only_when_it_is_asked_for) {
  for (const bool allowed : {false, true}) {
    auto with = settings();
    with.cross_origin = allowed;
    run(with, [this, allowed]() -> task<void> {
      const auto port = tested->application_port();
      CO_TRY(answer, co_await http::fetch(clock, {.host = "127.0.0.1", .port = port},
                                          {.verb = http::method::get,
                                           .raw_target = "/livez",
                                           .headers = {{"Origin", "http://ui"}}}));
      EXPECT_EQ(http::find_header(answer.headers, "Access-Control-Allow-Origin").has_value(),
                allowed);
      co_return result<void>{};
    });
  }
}

TEST_F(application_test, logins_guard_everything_but_health_and_outlive_a_restart) {
  auto with = settings();
  with.access = api::access_options{
      .accounts = {{"ana", base::secret("s3cret"), {api::role::cluster_operator}}}};
  std::string token;
  for (const bool first : {true, false}) {
    run(with, [this, first, &token]() -> task<void> {
      CO_TRY_VOID(co_await wait_until_ready());
      const auto port = tested->application_port();
      CO_TRY(ping, co_await ask(port, http::method::get, "/ping"));
      EXPECT_EQ(ping.status, 204);
      CO_TRY(metrics, co_await ask(tested->admin_port(), http::method::get, "/metrics"));
      EXPECT_EQ(metrics.status, 200);
      CO_TRY(refused, co_await ask(port, http::method::get, "/cluster"));
      EXPECT_EQ(refused.status, 401);
      if (first) {
        CO_TRY(login, co_await log_in("ana", "s3cret"));
        EXPECT_EQ(login.status, 200) << login.body;
        const std::string_view begin = R"({"token":")";
        EXPECT_TRUE(login.body.starts_with(begin));
        token = login.body.substr(begin.size());
        token.resize(token.find('"'));
      }
      CO_TRY(answer, co_await ask(port, http::method::get, "/cluster?access_token=" + token));
      EXPECT_EQ(answer.status, 200) << answer.body;
      co_return result<void>{};
    });
  }
}

TEST_F(application_test, no_resource_is_told_to_who_did_not_log_in) {
  auto with = settings();
  with.access = api::access_options{
      .accounts = {{"ana", base::secret("s3cret"), {api::role::cluster_operator}}}};
  api::services* nobody = nullptr;
  http::router resources;
  api::add_routes(resources, nobody);
  ASSERT_FALSE(resources.routes().empty());
  run(with, [this, &resources]() -> task<void> {
    CO_TRY_VOID(co_await wait_until_ready());
    for (const auto* one : resources.routes()) {
      std::string path;
      for (const char letter : one->pattern) {  // "{id}" stands for any text
        if (letter != '{' && letter != '}') path += letter;
      }
      for (const auto* token : {"", "?access_token=", "?access_token=wrong"}) {
        CO_TRY(answer, co_await ask(tested->application_port(), one->verb, path + token));
        EXPECT_EQ(answer.status, 401) << to_text(one->verb) << " " << path << token;
        EXPECT_TRUE(http::find_header(answer.headers, "WWW-Authenticate"));
      }
    }
    co_return result<void>{};
  });
}

TEST_F(application_test, users_whose_secret_comes_late_are_waited_for_and_may_log_in_then) {
  std::filesystem::create_directories(folder);
  const auto secret = folder + "/password";
  ::setenv("REAPER_AUTH_PASSWORD_FILE", secret.c_str(), 1);
  const auto file = folder + "/helenus.yaml";
  std::ofstream(file) << "accessControl:\n"
                         "  users: [{username: ana, password: '${REAPER_AUTH_PASSWORD}', "
                         "roles: [operator]}]\n"
                         "persistenceStoragePath: " +
                             folder +
                             "\n"
                             "server:\n"
                             "  applicationConnectors: [{port: 0, bindHost: 127.0.0.1}]\n"
                             "  adminConnectors: [{port: 0, bindHost: 127.0.0.1}]\n";
  auto with = std::get<config::settings>(config::load(file));
  with.start_retry = settings().start_retry;
  const auto code = run(with, [this, &secret]() -> task<void> {
    while (tested->status().failed_attempts < 2) co_await clock.sleep_for(1ms);
    CO_TRY(early, co_await log_in("ana", "s3cret"));
    EXPECT_EQ(early.status, 503);
    EXPECT_NE(early.body.find("\"waiting_for\":\"a secret in its file\""), std::string::npos)
        << early.body;
    EXPECT_NE(early.body.find("REAPER_AUTH_PASSWORD_FILE: the file '" + secret + "'"),
              std::string::npos)
        << early.body;
    std::ofstream(secret) << "s3cret\n";
    CO_TRY_VOID(co_await wait_until_ready());
    CO_TRY(login, co_await log_in("ana", "s3cret"));
    EXPECT_EQ(login.status, 200) << login.body;
    co_return result<void>{};
  });
  ::unsetenv("REAPER_AUTH_PASSWORD_FILE");
  EXPECT_EQ(code, exit_drained);
}

TEST_F(application_test, a_port_in_use_is_told_by_the_exit_code) {
  auto taken = net::listener::open(context.get_executor(), {.host = "127.0.0.1", .port = 0});
  ASSERT_TRUE(taken);
  auto with = settings();
  with.admin.listen.port = taken->port();
  tested.emplace(context.get_executor(), clock, std::move(with), "test");
  EXPECT_EQ(*test::run_blocking(context, tested->run()), exit_could_not_start);
}

}  // namespace
}  // namespace helenus::app
