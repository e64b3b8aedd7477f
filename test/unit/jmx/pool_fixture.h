#pragma once

#include "base/task_group.h"
#include "fake_peer.h"
#include "jmx/call_pool.h"
#include "jmx/errc.h"
#include "jmx/open_connection.h"
#include "jmx/remote/calls.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <vector>

namespace helenus::jmx {

using namespace std::chrono_literals;

inline const object_name bean = object_name::literal("test:type=Bean");

/// The attribute that a getAttribute message asks for ("a" and digits), or nothing.
inline std::string asked_for(const std::string& call) {
  std::smatch found;
  return std::regex_search(call, found, std::regex("a[0-9]+")) ? found[0].str() : std::string();
}

/// A pool whose sockets lead to a server that answers getAttribute with the attribute's own name.
class pool_fixture : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  base::virtual_clock clock;
  client_options options;
  std::vector<fake_peer*> peers;  // not owned; of all sockets ever opened
  std::vector<std::string> asked;
  bool accepting = true;
  base::clock::duration delay = 1s;
  std::function<std::optional<fake_peer::behaviour>(const std::string&)> special;
  std::unique_ptr<call_pool> pool;

  virtual fake_peer::behaviour answer(const std::string& call) {
    const auto name = asked_for(call);
    asked.push_back(name);
    if (special) {
      if (auto other = special(name)) return *other;
    }
    return {delay, string_answer(name)};
  }

  task<std::unique_ptr<net::stream>> open_stream() {
    if (!accepting) co_return error{errc::refused, "refused"};
    auto peer = std::make_unique<fake_peer>(
        clock, context.get_executor(), [this](const std::string& call) { return answer(call); });
    peers.push_back(peer.get());
    co_return peer;
  }

  task<void> set_up() {
    const stream_opener streams = [this](net::endpoint, bool) { return open_stream(); };
    connection_opener open = [this, streams](net::endpoint where, bool tls, reader_limits limits) {
      return open_connection(clock, streams, where, tls, limits, 5s);
    };
    options.server = {"fake", 7199};
    session logged_in;
    logged_in.port = 7199;
    CO_TRY(first, co_await open(options.server, false, {}));
    pool = std::make_unique<call_pool>(clock, context.get_executor(), options,
                                       login_outcome{logged_in, first}, open);
    co_return result<void>{};
  }

  void start() { ASSERT_TRUE(helenus::test::run(context, clock, set_up())); }

  task<std::string> get(std::string name, base::clock::duration timeout = 30s, bool slow = false) {
    CO_TRY(answer, co_await pool->call(calls::get_attribute({}, bean, name), timeout, slow));
    CO_TRY(text, answer.outcome());
    co_return text.as_string();
  }

  /// A child that checks that it gets its own answer.
  task<void> expect_own(std::string name, bool slow = false) {
    const auto got = co_await get(name, 1h, slow);
    EXPECT_TRUE(got) << got.error().message();
    if (got) EXPECT_EQ(*got, name);
    co_return result<void>{};
  }
  task<void> expect_error(std::string name, base::clock::duration timeout,
                          boost::system::error_code code) {
    const auto got = co_await get(name, timeout);
    EXPECT_FALSE(got);
    if (!got) EXPECT_EQ(got.error().code, code) << got.error().message();
    co_return result<void>{};
  }
};

}  // namespace helenus::jmx
