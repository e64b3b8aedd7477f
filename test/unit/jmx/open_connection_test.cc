#include "jmx/open_connection.h"

#include "fake_peer.h"
#include "jmx/errc.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace helenus::jmx {
namespace {

using namespace std::chrono_literals;

TEST(open_connection_test, gives_a_connection_that_is_ready_for_calls) {
  boost::asio::io_context context;
  base::virtual_clock clock;
  const auto make = [&]() -> task<std::unique_ptr<net::stream>> {
    co_return std::make_unique<fake_peer>(
        clock, context.get_executor(), [](const std::string&) { return fake_peer::behaviour{}; });
  };
  const stream_opener open = [&make](net::endpoint, bool) { return make(); };
  const auto opened =
      test::run(context, clock, open_connection(clock, open, {"node", 7199}, false, {}, 5s));
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_TRUE((*opened)->usable());
}

TEST(open_connection_test, a_stub_that_asks_for_tls_needs_certificates) {
  boost::asio::io_context context;
  base::virtual_clock clock;
  const auto open = network_opener(clock, client_options{});
  const auto refused = test::run(context, clock, open({"127.0.0.1", 1}, true));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::tls_failed);
}

}  // namespace
}  // namespace helenus::jmx
