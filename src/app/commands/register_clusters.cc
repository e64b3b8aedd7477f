#include "app/commands/register_clusters.h"

#include "app/startup_machine.h"
#include "base/clock.h"
#include "base/task.h"
#include "config/process_environment.h"
#include "http/client.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace helenus::app {

using namespace std::chrono_literals;

namespace {

constexpr std::uint16_t default_jmx_port = 7199;
constexpr auto look_again_after = 2s;
constexpr auto answer_within = 60s;  // the daemon asks a node that may not answer
constexpr int exit_registered = 0;
constexpr int exit_not_registered = 1;

/// One run of the command. What it waits for is told once, when it begins or changes.
class registration_run {
 public:
  registration_run(const register_arguments& with, std::vector<net::endpoint> seeds,
                   base::clock& clock)
      : with_(with), seeds_(std::move(seeds)), clock_(clock), end_(clock.now() + with.wait) {}

  task<int> run() {
    CO_TRY(ready, co_await until(&registration_run::is_ready, {}));
    CO_TRY(logged_in, ready ? co_await until(&registration_run::log_in, {}) : result<bool>(false));
    bool all = logged_in;
    for (const auto& seed : seeds_) {
      if (!logged_in) break;
      CO_TRY(added, co_await until(&registration_run::add, seed));
      all = all && added;
    }
    co_return all ? exit_registered : exit_not_registered;
  }

 private:
  enum class outcome { done, again, never };
  using step = task<outcome> (registration_run::*)(const net::endpoint&);

  /// Whether the step was done before the time was over.
  task<bool> until(step what, net::endpoint of) {
    while (true) {
      CO_TRY(now, co_await (this->*what)(of));
      if (now != outcome::again) co_return now == outcome::done;
      if (clock_.now() + look_again_after > end_) {
        tell("given up after " + base::to_text(with_.wait));
        co_return false;
      }
      co_await clock_.sleep_for(look_again_after);
    }
  }

  task<outcome> is_ready(const net::endpoint&) {
    const auto answer = co_await ask(http::method::get, "/ping", {});
    if (answer && answer->status == 204) co_return outcome::done;
    tell("waiting for " + net::to_text(with_.service) + ": " +
         (answer ? "it is not ready" : answer.error().message()));
    co_return outcome::again;
  }

  task<outcome> log_in(const net::endpoint&) {
    const auto variables = config::read_environment();
    if (!variables.missing_secrets.empty()) {
      tell("waiting for " + variables.missing_secrets.front());
      co_return outcome::again;
    }
    const auto lookup = variables.lookup();
    const auto user = lookup("REAPER_AUTH_USER").value_or("");
    if (user.empty()) co_return outcome::done;  // perhaps there are no logins
    const auto form = "username=" + http::percent_encode(user) + "&password=" +
                      http::percent_encode(lookup("REAPER_AUTH_PASSWORD").value_or(""));
    const auto answer = co_await ask(http::method::post, "/login", form);
    if (answer && answer->status == 404) co_return outcome::done;
    if (!answer || answer->status != 200) {
      tell("login of " + user + ": " + said(answer));
      co_return answer && answer->status < 429 ? outcome::never : outcome::again;
    }
    boost::system::error_code wrong;
    const auto body = boost::json::parse(answer->body, wrong);
    const auto* token =
        !wrong && body.is_object() ? body.as_object().if_contains("token") : nullptr;
    if (token && token->is_string()) token_ = std::string_view(token->as_string());
    co_return outcome::done;
  }

  task<outcome> add(const net::endpoint& seed) {
    const auto name = net::to_text(seed);
    const auto answer = co_await ask(http::method::post,
                                     "/cluster?seedHost=" + http::percent_encode(seed.host) +
                                         "&jmxPort=" + std::to_string(seed.port),
                                     {});
    if (answer && answer->status < 300) {
      tell(name + ": " + (answer->status == 201 ? "registered" : "was registered before"));
      co_return outcome::done;
    }
    tell(name + ": " + said(answer));
    const bool never = answer && (answer->status == 401 || answer->status == 403);
    co_return never ? outcome::never : outcome::again;
  }

  task<http::response> ask(http::method verb, std::string target, std::string form) {
    http::request asked{.verb = verb, .raw_target = std::move(target), .body = std::move(form)};
    if (!asked.body.empty()) {
      asked.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    }
    if (!token_.empty()) asked.headers.push_back({"Authorization", "Bearer " + token_});
    co_return co_await http::fetch(
        clock_, {.host = with_.service.host, .port = with_.service.port, .timeout = answer_within},
        std::move(asked));
  }

  static std::string said(const result<http::response>& answer) {
    if (!answer) return answer.error().message();
    return std::to_string(answer->status) + " " + answer->body;
  }

  void tell(const std::string& sentence) {
    if (sentence == told_) return;
    std::printf("%s\n", sentence.c_str());
    std::fflush(stdout);
    told_ = sentence;
  }

  const register_arguments& with_;
  std::vector<net::endpoint> seeds_;
  base::clock& clock_;
  base::clock::time_point end_;
  std::string token_;
  std::string told_;
};

result<std::vector<net::endpoint>> parse_seeds(std::string_view text) {
  std::vector<net::endpoint> seeds;
  while (!text.empty()) {
    const auto item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(item.size() + 1, text.size()));
    if (item.empty()) continue;
    TRY(seed, net::parse_endpoint(item, default_jmx_port));
    seeds.push_back(std::move(seed));
  }
  if (seeds.empty()) return error{base::errc::invalid_argument, "no seed is named"};
  return seeds;
}

}  // namespace

int register_clusters(const register_arguments& arguments) {
  auto seeds = parse_seeds(arguments.seeds);
  if (!seeds) {
    std::fprintf(stderr, "helenus: %s\n", seeds.error().message().c_str());
    return exit_bad_configuration;
  }
  boost::asio::io_context context(1);
  base::real_clock clock;
  registration_run run(arguments, std::move(*seeds), clock);
  int exit_code = exit_not_registered;
  boost::asio::co_spawn(context, run.run(), [&](std::exception_ptr unwound, result<int> outcome) {
    if (unwound) std::rethrow_exception(unwound);
    if (outcome) exit_code = *outcome;
  });
  context.run();
  return exit_code;
}

}  // namespace helenus::app
