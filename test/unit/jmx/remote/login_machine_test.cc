#include "jmx/remote/login_machine.h"

#include "../fixture.h"
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

using state = login_machine::state;

reply returned(const std::string& name) {
  object_reader reader;
  reader.feed(std::string_view(test::recorded_session()[name]).substr(1));
  return reply((*reader.take_value())->what);
}

reply thrown(const std::string& sample) {
  return reply(remote_exception::read(*read_object(test::catalogue()[sample])));
}

template <class Action>
const Action& expect(const login_action& action) {
  const auto* found = std::get_if<Action>(&action);
  EXPECT_NE(found, nullptr);
  static const Action none{};
  return found ? *found : none;
}

login_options with_password() {
  login_options options;
  options.login = credentials{"cassandra", base::secret("secret")};
  return options;
}

TEST(login_machine, one_port_needs_one_connection) {
  login_machine machine(with_password());
  EXPECT_EQ(expect<make_call>(machine.start()).call.bytes, test::recorded_session()["lookup"]);
  EXPECT_STREQ(machine.step(), "JMX registry lookup");
  EXPECT_EQ(machine.timed_out().code, make_error_code(errc::lookup_timed_out));
  const auto next = machine.replied(returned("lookup reply"));
  EXPECT_EQ(expect<make_call>(next).call.bytes, test::recorded_session()["newClient"]);
  EXPECT_STREQ(machine.step(), "JMX login");
  EXPECT_EQ(machine.timed_out().code, make_error_code(errc::login_timed_out));
  const auto end = machine.replied(returned("newClient reply"));
  const auto& opened = expect<logged_in>(end).session;
  EXPECT_EQ(opened.port, 7199);
  EXPECT_FALSE(opened.tls);
  EXPECT_FALSE(opened.host.has_value()) << "what the stub calls its host is not used";
  EXPECT_EQ(machine.current(), state::done);
}

TEST(login_machine, another_port_is_followed_on_the_same_host) {
  auto options = with_password();
  options.registry_port = 17199;
  login_machine machine(options);
  machine.start();
  const auto next = machine.replied(returned("lookup reply"));
  EXPECT_EQ(expect<open_transport>(next).port, 7199);
  EXPECT_FALSE(expect<open_transport>(next).host.has_value());
  EXPECT_EQ(machine.current(), state::opening);
  EXPECT_EQ(machine.timed_out().code, make_error_code(errc::connect_timed_out));
  EXPECT_STREQ(expect<make_call>(machine.opened()).call.name, "newClient");
}

TEST(login_machine, the_port_and_the_host_can_be_overridden) {
  login_options options;
  options.rmi_port = 9999;
  options.use_stub_host = true;
  login_machine machine(options);
  machine.start();
  const auto next = machine.replied(returned("lookup reply"));
  EXPECT_EQ(expect<open_transport>(next).port, 9999);
  EXPECT_EQ(expect<open_transport>(next).host, "127.0.0.1");
  machine.opened();
  const auto end = machine.replied(returned("newClient reply"));
  EXPECT_EQ(expect<logged_in>(end).session.host, "127.0.0.1");
  EXPECT_EQ(expect<logged_in>(end).session.port, 9999);
}

TEST(login_machine, a_stub_with_a_factory_leads_from_plain_to_tls) {
  login_machine machine({});
  machine.start();
  const auto next = machine.replied(returned("lookup reply tls"));
  EXPECT_TRUE(expect<open_transport>(next).tls);
}

TEST(login_machine, tls_is_never_followed_down_to_plain) {
  login_options options;
  options.registry_tls = true;
  options.registry_port = 17199;
  login_machine machine(options);
  machine.start();
  EXPECT_TRUE(expect<open_transport>(machine.replied(returned("lookup reply"))).tls);
}

TEST(login_machine, a_refused_login_is_told_from_every_wrapper) {
  for (const auto& [sample, message] : std::vector<std::pair<std::string, std::string>>{
           {"SecurityException",
            "remote: Authentication failed! Invalid username or password (Invalid username or "
            "password)"},
           {"wrapped SecurityException",
            "remote: Authentication failed! Invalid username or password (Invalid username or "
            "password)"},
           {"integrated SecurityException",
            "remote: Authentication error (Provided username u and/or password are incorrect)"}}) {
    login_machine machine(with_password());
    machine.start();
    machine.replied(returned("lookup reply"));
    const auto end = machine.replied(thrown(sample));
    const auto& failed = expect<login_failed>(end);
    EXPECT_EQ(failed.failure.code, make_error_code(errc::authentication_failed)) << sample;
    EXPECT_EQ(failed.failure.message(), message);
    EXPECT_TRUE(failed.thrown.has_value());
    EXPECT_EQ(machine.current(), state::failed);
  }
  login_machine anonymous({});
  anonymous.start();
  anonymous.replied(returned("lookup reply"));
  const auto end = anonymous.replied(thrown("SecurityException"));
  EXPECT_TRUE(expect<login_failed>(end).failure.message().ends_with(
      "; no user and password are configured"));
}

TEST(login_machine, it_fails_at_every_step) {
  const auto lookup_fails = [](const reply& answer) {
    login_machine machine({});
    machine.start();
    const auto end = machine.replied(answer);
    return static_cast<errc>(expect<login_failed>(end).failure.code.value());
  };
  EXPECT_EQ(lookup_fails(thrown("NotBoundException")), errc::not_bound);
  EXPECT_EQ(lookup_fails(thrown("NoSuchObjectException")), errc::not_bound);
  EXPECT_EQ(lookup_fails(thrown("exception")), errc::remote_exception);
  EXPECT_EQ(lookup_fails(reply(value())), errc::not_bound);
  EXPECT_EQ(lookup_fails(reply(true)), errc::wrong_type);
  EXPECT_EQ(lookup_fails(returned("getAttribute reply")), errc::malformed);
  EXPECT_EQ(lookup_fails(returned("newClient reply")), errc::malformed);
  const auto login_fails = [](const reply& answer) {
    login_machine machine({});
    machine.start();
    machine.replied(returned("lookup reply"));
    const auto end = machine.replied(answer);
    return static_cast<errc>(expect<login_failed>(end).failure.code.value());
  };
  EXPECT_EQ(login_fails(thrown("NoSuchObjectException")), errc::no_such_object);
  EXPECT_EQ(login_fails(thrown("ServerException")), errc::remote_exception);
  EXPECT_EQ(login_fails(reply(true)), errc::wrong_type);
  EXPECT_EQ(login_fails(reply(value())), errc::malformed);
  EXPECT_EQ(login_fails(returned("lookup reply")), errc::malformed);
}

}  // namespace
}  // namespace helenus::jmx
