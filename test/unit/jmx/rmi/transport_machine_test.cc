#include "jmx/rmi/transport_machine.h"

#include "../fixture.h"
#include "jmx/errc.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

using state = transport_machine::state;

const std::string& recorded(const std::string& name) { return test::recorded_session()[name]; }

template <class Action>
const Action* find(const transport_actions& actions) {
  for (const auto& action : actions) {
    if (const auto* found = std::get_if<Action>(&action)) return found;
  }
  return nullptr;
}

error failure_of(const transport_actions& actions) {
  const auto* failed = find<transport_failed>(actions);
  EXPECT_NE(failed, nullptr);
  return failed ? failed->failure : error();
}

transport_machine ready_machine() {
  transport_machine machine;
  machine.start();
  machine.receive(recorded("handshake reply"));
  EXPECT_TRUE(machine.usable());
  return machine;
}

// A machine that waits for the answer of a call.
transport_machine calling_machine(returns answer = returns::object, bool has_objects = true) {
  auto machine = ready_machine();
  machine.call({"getAttribute", "bytes", answer, has_objects, true, false});
  return machine;
}

TEST(transport_machine, the_handshake_waits_for_the_acknowledgement) {
  transport_machine machine;
  EXPECT_EQ(machine.current(), state::idle);
  EXPECT_EQ(find<send_bytes>(machine.start())->bytes, recorded("handshake"));
  EXPECT_EQ(machine.waiting_for(), "JRMP handshake");
  const auto actions = machine.receive(recorded("handshake reply"));
  EXPECT_EQ(find<send_bytes>(actions)->bytes, std::string(6, '\0'));
  EXPECT_NE(find<transport_ready>(actions), nullptr);
  EXPECT_EQ(machine.waiting_for(), "");
}

struct exchange {
  const char* reply;
  returns answer;
};
const exchange exchanges[] = {
    {"lookup reply", returns::object},       {"newClient reply", returns::object},
    {"getAttribute reply", returns::object}, {"isRegistered reply", returns::boolean},
    {"queryNames reply", returns::object},   {"fetchNotifications reply", returns::object},
    {"invoke reply", returns::object},       {"getAttribute missing reply", returns::object},
    {"close reply", returns::nothing},
};

TEST(transport_machine, a_recorded_session_is_understood_byte_by_byte) {
  transport_machine machine;
  machine.start();
  for (const char byte : recorded("handshake reply")) machine.receive({&byte, 1});
  ASSERT_TRUE(machine.usable());
  for (const auto& [reply, answer] : exchanges) {
    machine.call({reply, "bytes", answer, true, true, false});
    const auto& bytes = recorded(reply);
    for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
      ASSERT_TRUE(machine.receive({&bytes[i], 1}).empty()) << reply << " at " << i;
    }
    const auto actions = machine.receive({&bytes.back(), 1});
    ASSERT_NE(find<call_replied>(actions), nullptr) << reply;
    ASSERT_TRUE(machine.usable()) << reply;
  }
}

TEST(transport_machine, each_kind_of_answer_is_read) {
  const auto answer = [](const char* name, returns kind) {
    auto machine = calling_machine(kind);
    return find<call_replied>(machine.receive(recorded(name)))->answer;
  };
  EXPECT_EQ(*answer("getAttribute reply", returns::object).outcome()->as_string(), "Test Cluster");
  EXPECT_TRUE(*answer("isRegistered reply", returns::boolean).boolean());
  EXPECT_TRUE(answer("close reply", returns::nothing).outcome()->is_null());
  EXPECT_FALSE(answer("close reply", returns::nothing).boolean().has_value());
  EXPECT_FALSE(answer("isRegistered reply", returns::boolean).outcome().has_value());
  const auto thrown = answer("getAttribute missing reply", returns::object);
  ASSERT_NE(thrown.exception(), nullptr);
  EXPECT_EQ(thrown.exception()->class_name(), "javax.management.AttributeNotFoundException");
  EXPECT_EQ(thrown.exception()->message(), "No such attribute: Nope");
  EXPECT_EQ(thrown.outcome().error().message(),
            "remote: javax.management.AttributeNotFoundException: No such attribute: Nope");
  EXPECT_EQ(thrown.boolean().error().code, make_error_code(errc::remote_exception));
}

TEST(transport_machine, it_fails_at_every_step) {
  // How a peer can fail while something is waited for, and what must come of it.
  const auto break_it = [](transport_machine machine, const std::string& where) {
    for (int way = 0; way < 2; ++way) {
      auto failing = way == 0 ? machine.end_of_stream() : machine.deadline_passed();
      if (way == 0) {
        EXPECT_NE(find<transport_failed>(failing), nullptr) << where;
        EXPECT_EQ(machine.current(), state::broken) << where;
      }
      EXPECT_TRUE(way == 0 || failing.empty()) << where << ": the end comes once";
    }
    EXPECT_TRUE(machine.receive("more").empty()) << where;
  };
  const auto& hello = recorded("handshake reply");
  for (std::size_t i = 0; i < hello.size(); ++i) {
    transport_machine machine;
    machine.start();
    machine.receive(std::string_view(hello).substr(0, i));
    break_it(std::move(machine), "handshake at " + std::to_string(i));
  }
  for (const auto& [reply, answer] : exchanges) {
    const auto& bytes = recorded(reply);
    for (std::size_t i = 0; i < bytes.size(); i += 1 + bytes.size() / 40) {
      auto machine = calling_machine(answer);
      machine.receive(std::string_view(bytes).substr(0, i));
      break_it(std::move(machine), std::string(reply) + " at " + std::to_string(i));
    }
  }
}

TEST(transport_machine, each_deadline_has_its_own_error) {
  transport_machine machine;
  EXPECT_TRUE(machine.deadline_passed().empty());
  machine.start();
  EXPECT_EQ(failure_of(machine.deadline_passed()).code, make_error_code(errc::handshake_timed_out));
  auto calling = calling_machine();
  EXPECT_EQ(failure_of(calling.deadline_passed()).message(),
            "timed out waiting for the answer of getAttribute");
  auto pinging = ready_machine();
  pinging.ping();
  EXPECT_EQ(failure_of(pinging.deadline_passed()).code, make_error_code(errc::call_timed_out));
}

TEST(transport_machine, what_is_not_jmx_is_named) {
  const auto reply_of = [](const std::string& bytes) {
    transport_machine machine;
    machine.start();
    auto actions = machine.receive(bytes);
    if (actions.empty()) actions = machine.end_of_stream();
    const auto failure = failure_of(actions);
    EXPECT_EQ(failure.code, make_error_code(errc::not_jmx));
    return failure.message();
  };
  EXPECT_EQ(reply_of("HTTP/1.1 400 Bad Request\r\n"), "the port speaks HTTP");
  EXPECT_EQ(reply_of(test::from_hex("1503030002020a")),
            "the port speaks TLS: switch TLS on for this node");
  EXPECT_EQ(reply_of("SSH-2.0-OpenSSH"), "the port speaks SSH");
  EXPECT_EQ(reply_of(test::from_hex("840000000000000000")),
            "the port speaks CQL: this is not the JMX port");
  EXPECT_EQ(reply_of("O"), "the port speaks JRMP, but refuses the stream protocol");
  EXPECT_EQ(reply_of("xy"), "the port speaks something else than JRMP");
  EXPECT_EQ(reply_of(test::from_hex("4effff")), "the port speaks something else than JRMP");
  EXPECT_EQ(reply_of("").substr(0, 30), "the peer closed the connection");
  transport_machine silent;
  silent.start();
  EXPECT_TRUE(silent.receive("H").empty());
  EXPECT_EQ(failure_of(silent.deadline_passed()).code, make_error_code(errc::not_jmx));
}

TEST(transport_machine, unasked_bytes_are_a_failure) {
  auto idle = ready_machine();
  EXPECT_EQ(failure_of(idle.receive("x")).code, make_error_code(errc::malformed));
  auto eager = calling_machine();
  EXPECT_EQ(failure_of(eager.receive(recorded("getAttribute reply") + "x")).message(),
            "bytes after the end of an answer");
  transport_machine greeting;
  greeting.start();
  EXPECT_EQ(failure_of(greeting.receive(recorded("handshake reply") + "x")).code,
            make_error_code(errc::malformed));
  auto confused = calling_machine();
  EXPECT_EQ(failure_of(confused.receive("\x53")).message(), "not a JRMP answer");
  auto unknown = calling_machine();
  EXPECT_EQ(failure_of(unknown.receive(test::from_hex("51aced0005770f03") + std::string(14, 'u')))
                .message(),
            "an unknown kind of answer");
  auto odd = calling_machine();
  EXPECT_EQ(failure_of(odd.receive(test::from_hex("51aced000574"))).code,
            make_error_code(errc::malformed));
  auto no_boolean = calling_machine(returns::boolean);
  EXPECT_EQ(failure_of(no_boolean.receive(recorded("getAttribute reply"))).code,
            make_error_code(errc::malformed));
}

TEST(transport_machine, a_ping_is_answered) {
  auto machine = ready_machine();
  EXPECT_EQ(find<send_bytes>(machine.ping())->bytes, "\x52");
  EXPECT_EQ(machine.waiting_for(), "answer of a ping");
  EXPECT_NE(find<ping_answered>(machine.receive("\x53")), nullptr);
  EXPECT_TRUE(machine.usable());
  machine.ping();
  EXPECT_EQ(failure_of(machine.receive("\x51")).code, make_error_code(errc::malformed));
}

TEST(transport_machine, secrets_are_marked_when_they_are_sent) {
  auto machine = ready_machine();
  const auto actions = machine.call({"newClient", "password", returns::object, true, false, true});
  EXPECT_TRUE(find<send_bytes>(actions)->secret);
}

// A Return that throws a sample of the catalogue.
std::string thrown(const std::string& sample) {
  return test::from_hex("51aced0005770f02") + std::string(14, 'u') +
         test::catalogue()[sample].substr(4);
}

TEST(transport_machine, a_failure_of_rmi_itself_costs_the_socket_only_when_objects_were_sent) {
  auto with = calling_machine(returns::object, true);
  EXPECT_NE(find<call_replied>(with.receive(thrown("NoSuchObjectException"))), nullptr);
  EXPECT_EQ(with.current(), state::broken);
  auto without = calling_machine(returns::nothing, false);
  EXPECT_NE(find<call_replied>(without.receive(thrown("NoSuchObjectException"))), nullptr);
  EXPECT_TRUE(without.usable());
  auto ordinary = calling_machine(returns::object, true);
  EXPECT_NE(find<call_replied>(ordinary.receive(thrown("RuntimeMBeanException"))), nullptr);
  EXPECT_TRUE(ordinary.usable());
}

TEST(transport_machine, an_answer_that_breaks_off_is_an_exception_and_costs_the_socket) {
  auto machine = calling_machine();
  const auto actions = machine.receive(test::from_hex("51aced0005770f01") + std::string(14, 'u') +
                                       test::catalogue()["aborted"].substr(4));
  ASSERT_NE(find<call_replied>(actions), nullptr);
  EXPECT_NE(
      find<call_replied>(actions)->answer.exception()->find("java.io.NotSerializableException"),
      nullptr);
  EXPECT_EQ(machine.current(), state::broken);
}

TEST(transport_machine, limits_hold_for_the_next_call) {
  auto machine = ready_machine();
  reader_limits limits;
  limits.bytes = 30;
  machine.set_limits(limits);
  machine.call({"getAttribute", "bytes", returns::object, true, true, false});
  EXPECT_EQ(failure_of(machine.receive(recorded("getAttribute reply"))).code,
            make_error_code(errc::limit_exceeded));
}

}  // namespace
}  // namespace helenus::jmx
