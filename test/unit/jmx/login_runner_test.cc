#include "jmx/login_runner.h"

#include "fake_peer.h"
#include "fixture.h"
#include "jmx/errc.h"
#include "jmx/open_connection.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace helenus::jmx {
namespace {

using namespace std::chrono_literals;

/// A registry and a JMX server that answer as the recorded ones; what is called comes after
/// `delay`.
class login_runner_test : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  base::virtual_clock clock;
  client_options options = with_password();
  std::vector<net::endpoint> connected;
  std::vector<bool> under_tls;
  base::clock::duration lookup_delay{};
  base::clock::duration login_delay{};

  static client_options with_password() {
    client_options made;
    made.server = {"node", 7199};  // the port that the recorded stub names
    made.login = credentials{"cassandra", base::secret("secret")};
    return made;
  }

  fake_peer::behaviour answer(const std::string& call) {
    const bool lookup = call.find("jmxrmi") != std::string::npos;
    return {lookup ? lookup_delay : login_delay,
            test::recorded_session()[lookup ? "lookup reply" : "newClient reply"]};
  }

  task<std::unique_ptr<net::stream>> accept(net::endpoint where, bool tls) {
    connected.push_back(std::move(where));
    under_tls.push_back(tls);
    co_return std::make_unique<fake_peer>(clock, context.get_executor(),
                                          [this](const std::string& call) { return answer(call); });
  }

  result<login_outcome> log_in_now() {
    const stream_opener streams = [this](net::endpoint where, bool tls) {
      return accept(std::move(where), tls);
    };
    const connection_opener open = [this, streams](net::endpoint where, bool tls,
                                                   reader_limits limits) {
      return open_connection(clock, streams, std::move(where), tls, limits, 5s);
    };
    return helenus::test::run(context, clock, log_in(options, open));
  }
};

TEST_F(login_runner_test, one_port_needs_one_socket) {
  const auto outcome = log_in_now();
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_TRUE(outcome->socket->usable());
  EXPECT_EQ(connected, (std::vector<net::endpoint>{{"node", 7199}}));
}

TEST_F(login_runner_test, another_port_of_the_same_host_is_followed) {
  options.server.port = 17199;
  ASSERT_TRUE(log_in_now());
  EXPECT_EQ(connected, (std::vector<net::endpoint>{{"node", 17199}, {"node", 7199}}));
}

TEST_F(login_runner_test, the_port_of_the_stub_can_be_overridden) {
  options.rmi_port = 9999;
  ASSERT_TRUE(log_in_now());
  EXPECT_EQ(connected.back(), (net::endpoint{"node", 9999}));
}

TEST_F(login_runner_test, the_host_of_the_stub_is_followed_only_when_asked_for) {
  options.host_of_stub = stub_host::follow;
  ASSERT_TRUE(log_in_now());
  EXPECT_EQ(connected.back(), (net::endpoint{"127.0.0.1", 7199}));
}

TEST_F(login_runner_test, a_password_that_was_to_go_under_tls_never_goes_in_plain) {
  net::tls_client_options trusting;
  trusting.verification = net::tls_verification::none;
  options.tls = *net::tls_context::load(trusting);
  options.server.port = 17199;  // so that the plain stub asks for a second, plain connection
  const auto outcome = log_in_now();
  if (outcome) {
    EXPECT_TRUE(under_tls.back());
  } else {
    EXPECT_EQ(outcome.error().code, errc::tls_failed) << outcome.error().message();
  }
  EXPECT_TRUE(under_tls.front());
}

TEST_F(login_runner_test, each_step_has_a_deadline_of_its_own) {
  lookup_delay = 1h;
  EXPECT_EQ(log_in_now().error().code, errc::lookup_timed_out);
  lookup_delay = 0s;
  login_delay = 1h;
  EXPECT_EQ(log_in_now().error().code, errc::login_timed_out);
}

}  // namespace
}  // namespace helenus::jmx
