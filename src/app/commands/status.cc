#include "app/commands/status.h"

#include "base/clock.h"
#include "base/task.h"
#include "http/client.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>

#include <cstdio>
#include <string>

namespace helenus::app {

using namespace std::chrono_literals;

namespace {

constexpr auto look_again_after = 1s;
constexpr auto answer_within = 10s;
constexpr int exit_ready = 0;
constexpr int exit_not_ready = 1;

bool says_ready(const std::string& body) {
  boost::system::error_code wrong;
  const auto parsed = boost::json::parse(body, wrong);
  if (wrong || !parsed.is_object()) return false;
  const auto* ready = parsed.as_object().if_contains("ready");
  return ready && ready->is_bool() && ready->as_bool();
}

/// Asks until the daemon is ready or the time is over, and prints the last answer.
task<int> watch(status_arguments with, base::clock& clock) {
  const auto end = clock.now() + with.wait;
  while (true) {
    http::request asked{.verb = http::method::get, .raw_target = "/status"};
    const auto answer = co_await http::fetch(
        clock, {.host = with.service.host, .port = with.service.port, .timeout = answer_within},
        std::move(asked));
    const bool good = answer && answer->status == 200;
    const bool ready = good && says_ready(answer->body);
    if (ready || clock.now() + look_again_after > end) {
      if (good) {
        std::printf("%s\n", answer->body.c_str());
      } else {
        const auto why =
            answer ? net::to_text(with.service) + ": status " + std::to_string(answer->status)
                   : answer.error().message();
        std::fprintf(stderr, "helenus: %s\n", why.c_str());
      }
      co_return ready ? exit_ready : exit_not_ready;
    }
    co_await clock.sleep_for(look_again_after);
  }
}

}  // namespace

int status(const status_arguments& arguments) {
  boost::asio::io_context context(1);
  base::real_clock clock;
  int exit_code = exit_not_ready;
  boost::asio::co_spawn(context, watch(arguments, clock),
                        [&](std::exception_ptr unwound, result<int> outcome) {
                          if (unwound) std::rethrow_exception(unwound);
                          if (outcome) exit_code = *outcome;
                        });
  context.run();
  return exit_code;
}

}  // namespace helenus::app
