#include "net/connect.h"

#include "net/errc.h"
#include "net/tcp_stream.h"
#include "support/loopback_server.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace helenus::net {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;

class connect_test : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  base::real_clock clock;

  result<std::unique_ptr<stream>> connect_to(endpoint peer, base::clock::duration timeout = 5s) {
    return test::run_blocking(context, connect(clock, std::move(peer), timeout));
  }
  static task<std::string> exchange(stream& peer, std::string text) {
    CO_TRY_VOID(co_await peer.write(std::as_bytes(std::span(text))));
    std::string got(text.size(), '\0');
    for (std::size_t have = 0; have < got.size();) {
      auto rest = std::as_writable_bytes(std::span(got)).subspan(have);
      CO_TRY(size, co_await peer.read_some(rest));
      have += size;
    }
    co_return got;
  }
  result<std::size_t> read(stream& peer) {
    std::vector<std::byte> buffer(16);
    return test::run_blocking(context, peer.read_some(buffer));
  }
};

TEST_F(connect_test, bytes_go_both_ways) {
  test::loopback_server server(context, test::echoes);
  const auto peer = connect_to(server.endpoint());
  ASSERT_TRUE(peer);
  const std::string text(100'000, 'x');
  EXPECT_EQ(*test::run_blocking(context, exchange(**peer, text)), text);
  EXPECT_EQ((*peer)->peer(), to_text(server.endpoint()));
  EXPECT_TRUE((*peer)->quiet());
}

TEST_F(connect_test, names_and_ipv6_addresses_work) {
  test::loopback_server server(context, test::echoes);
  EXPECT_TRUE(connect_to({"localhost", server.endpoint().port}));
  try {
    test::loopback_server ipv6(context, test::echoes, "::1");
    EXPECT_TRUE(connect_to(ipv6.endpoint()));
  } catch (const boost::system::system_error&) {
    GTEST_SKIP() << "this machine has no IPv6";
  }
}

TEST_F(connect_test, a_port_without_a_listener_refuses) {
  tcp::acceptor unused(context, {boost::asio::ip::address_v4::loopback(), 0});
  const auto port = unused.local_endpoint().port();
  unused.close();
  const auto peer = connect_to({"127.0.0.1", port});
  ASSERT_FALSE(peer);
  EXPECT_EQ(peer.error().code, errc::refused);
  EXPECT_TRUE(peer.error().detail.starts_with("127.0.0.1:")) << peer.error().detail;
}

TEST_F(connect_test, a_listener_that_does_not_accept_runs_into_the_deadline) {
  tcp::acceptor full(context);
  full.open(tcp::v4());
  full.bind({boost::asio::ip::address_v4::loopback(), 0});
  full.listen(0);
  const endpoint peer{"127.0.0.1", full.local_endpoint().port()};
  std::vector<std::unique_ptr<stream>> queued;  // the kernel accepts one or two by itself
  for (int i = 0; i < 4; ++i) {
    auto next = connect_to(peer, 50ms);
    if (!next) {
      EXPECT_EQ(next.error().code, errc::connect_timed_out);
      return;
    }
    queued.push_back(std::move(*next));
  }
  FAIL() << "the queue of the listener never filled";
}

TEST_F(connect_test, a_name_has_addresses_and_an_address_is_its_own) {
  const auto addresses = [&](const std::string& host) {
    return test::run_blocking(context, addresses_of(clock, host, 5s));
  };
  EXPECT_EQ(*addresses("::1"), std::vector<std::string>{"::1"});
  const auto own = addresses("localhost");
  ASSERT_TRUE(own);
  EXPECT_TRUE(std::all_of(own->begin(), own->end(), [](const std::string& address) {
    return address == "127.0.0.1" || address == "::1";
  }));
  EXPECT_FALSE(own->empty());
  EXPECT_FALSE(addresses("no-such-host.invalid"));
}

TEST_F(connect_test, an_unknown_name_is_told_apart) {
  // Without a name service the answer is that it did not answer.
  const auto peer = connect_to({"no-such-host.invalid", 7199});
  ASSERT_FALSE(peer);
  EXPECT_TRUE(peer.error().code == errc::name_not_found ||
              peer.error().code == errc::name_lookup_failed)
      << peer.error().message();
}

TEST_F(connect_test, what_the_system_says_about_a_connection_is_told_apart) {
  namespace sys = boost::asio::error;
  EXPECT_EQ(connect_error(sys::connection_refused).code, errc::refused);
  EXPECT_EQ(connect_error(sys::host_unreachable).code, errc::unreachable);
  EXPECT_EQ(connect_error(sys::network_unreachable).code, errc::unreachable);
  EXPECT_EQ(connect_error(sys::timed_out).code, errc::connect_timed_out);
  EXPECT_EQ(connect_error(sys::host_not_found).code, errc::name_not_found);
  EXPECT_EQ(connect_error(sys::host_not_found_try_again).code, errc::name_lookup_failed);
  EXPECT_EQ(connect_error(sys::no_permission).code, errc::no_permission);
  EXPECT_EQ(connect_error(sys::no_descriptors).code, errc::too_many_files);
}

TEST_F(connect_test, the_end_of_the_stream_and_a_reset_are_told_apart) {
  test::loopback_server closing(context, test::closes_at_once);
  const auto closed = connect_to(closing.endpoint());
  EXPECT_EQ(read(**closed).error().code, errc::closed_by_peer);
  EXPECT_FALSE((*closed)->quiet());

  test::loopback_server resetting(context, test::resets);
  const auto reset = connect_to(resetting.endpoint());
  const std::string text(10, 'x');
  EXPECT_TRUE(test::run_blocking(context, (*reset)->write(std::as_bytes(std::span(text)))));
  EXPECT_EQ(read(**reset).error().code, errc::connection_lost);
}

TEST_F(connect_test, wait_readable_ends_when_the_peer_leaves) {
  test::loopback_server closing(context, test::closes_at_once);
  const auto peer = connect_to(closing.endpoint());
  EXPECT_TRUE(test::run_blocking(context, (*peer)->wait_readable()));
  EXPECT_FALSE((*peer)->quiet());
}

TEST_F(connect_test, a_read_that_is_cut_off_by_abort_says_closed) {
  test::loopback_server server(context, test::is_silent);
  const auto peer = connect_to(server.endpoint());
  boost::asio::post(context, [&] { (*peer)->abort(); });
  EXPECT_EQ(read(**peer).error().code, errc::closed);
}

TEST_F(connect_test, a_read_can_be_given_a_deadline) {
  test::loopback_server server(context, test::is_silent);
  const auto peer = connect_to(server.endpoint());
  std::vector<std::byte> buffer(16);
  auto reading = base::with_timeout(clock, (*peer)->read_some(buffer), 20ms, "bytes");
  EXPECT_EQ(test::run_blocking(context, std::move(reading)).error().code, base::errc::timed_out);
}

}  // namespace
}  // namespace helenus::net
