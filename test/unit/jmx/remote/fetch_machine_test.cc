#include "jmx/remote/fetch_machine.h"

#include "../fixture.h"
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"
#include "jmx/remote/calls.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

const remote_id connection{};

reply returned(const std::string& name) {
  object_reader reader;
  reader.feed(std::string_view(test::recorded_session()[name]).substr(1));
  return reply((*reader.take_value())->what);
}

reply sample(const std::string& name) { return reply(*read_object(test::catalogue()[name])); }
reply thrown(const std::string& name) {
  return reply(remote_exception::read(*read_object(test::catalogue()[name])));
}
reply unserializable() {
  return reply(remote_exception({{"java.io.NotSerializableException", "a.B", {}}}));
}

template <class Action>
const Action* find(const std::vector<fetch_action>& actions) {
  for (const auto& action : actions) {
    if (const auto* found = std::get_if<Action>(&action)) return found;
  }
  return nullptr;
}

std::string fetch(std::int64_t sequence, std::int32_t max = 100) {
  return calls::fetch_notifications(connection, sequence, max, fetch_options{}.wait).bytes;
}

// A machine that goes on from `sequence`.
fetch_machine from(std::int64_t sequence) {
  fetch_machine machine(connection, {.from = sequence});
  EXPECT_EQ(find<fetch_now>(machine.start())->call.bytes, fetch(sequence));
  return machine;
}

TEST(fetch_machine, a_fresh_start_asks_where_to_begin) {
  fetch_machine machine(connection, {});
  EXPECT_EQ(find<fetch_now>(machine.start())->call.bytes, fetch(-1));
  EXPECT_EQ(machine.next(), -1);
  const auto actions = machine.replied(returned("fetchNotifications first reply"));
  ASSERT_NE(find<fetch_started>(actions), nullptr);
  EXPECT_EQ(find<fetch_started>(actions)->sequence, machine.next());
  EXPECT_EQ(find<notifications_lost>(actions), nullptr);
  EXPECT_EQ(find<fetch_now>(actions)->call.bytes, fetch(machine.next()));
}

TEST(fetch_machine, recorded_events_are_delivered_in_order) {
  fetch_machine machine(connection, {});
  machine.start();
  machine.replied(returned("fetchNotifications first reply"));
  const auto before = machine.next();
  const auto actions = machine.replied(returned("fetchNotifications reply"));
  const auto* events = find<deliver>(actions);
  ASSERT_NE(events, nullptr);
  ASSERT_EQ(events->notifications.size(), 4U);
  EXPECT_EQ(events->next, before + 4);
  EXPECT_EQ(find<fetch_started>(actions), nullptr) << "it starts once";
  const auto& first = events->notifications[0];
  EXPECT_EQ(first.type, "progress");
  EXPECT_EQ(first.source, "repair:1");
  EXPECT_EQ(first.message, "Repair step 0");
  EXPECT_EQ(first.user_data.entries()->size(), 3U);
  EXPECT_EQ(events->notifications[3].message, "Repair step 5");
}

TEST(fetch_machine, an_idle_server_is_asked_again) {
  auto machine = from(9);
  const auto actions = machine.replied(sample("NotificationResult empty"));
  EXPECT_EQ(find<fetch_started>(actions)->sequence, 9);
  EXPECT_EQ(find<deliver>(actions), nullptr);
  EXPECT_NE(find<fetch_now>(actions), nullptr);
}

TEST(fetch_machine, a_gap_is_counted) {
  auto machine = from(900);
  const auto actions = machine.replied(sample("NotificationResult gap"));
  EXPECT_EQ(find<notifications_lost>(actions)->count, 105);
  EXPECT_EQ(find<deliver>(actions)->next, 1009);
}

TEST(fetch_machine, a_sequence_that_goes_back_means_a_restart) {
  auto machine = from(900);
  const auto actions = machine.replied(sample("NotificationResult"));
  EXPECT_EQ(find<fetch_ended>(actions)->failure.code, make_error_code(errc::server_restarted));
}

TEST(fetch_machine, an_event_that_cannot_be_sent_is_stepped_over) {
  auto machine = from(5);
  EXPECT_EQ(find<fetch_now>(machine.replied(unserializable()))->call.bytes, fetch(5, 1));
  const auto skipped = machine.replied(unserializable());
  EXPECT_EQ(find<notifications_lost>(skipped)->count, 1);
  EXPECT_EQ(find<fetch_now>(skipped)->call.bytes, fetch(6, 1));
  const auto actions = machine.replied(sample("NotificationResult"));
  EXPECT_EQ(find<deliver>(actions)->notifications.size(), 1U);
  EXPECT_EQ(find<fetch_now>(actions)->call.bytes, fetch(9)) << "many at a time again";
}

TEST(fetch_machine, a_lost_socket_loses_no_event) {
  auto machine = from(5);
  EXPECT_EQ(find<fetch_now>(machine.connection_lost())->call.bytes, fetch(5));
  machine.replied(sample("NotificationResult"));
  EXPECT_EQ(find<fetch_now>(machine.connection_lost())->call.bytes, fetch(9));
}

TEST(fetch_machine, it_ends_with_a_reason) {
  const auto end = [](const reply& answer) {
    auto machine = from(5);
    const auto actions = machine.replied(answer);
    const auto* ended = find<fetch_ended>(actions);
    EXPECT_NE(ended, nullptr);
    return ended ? static_cast<errc>(ended->failure.code.value()) : errc{};
  };
  EXPECT_EQ(end(thrown("NoSuchObjectException")), errc::no_such_object);
  EXPECT_EQ(end(thrown("access denied")), errc::access_denied);
  EXPECT_EQ(end(reply(value())), errc::closed);
  EXPECT_EQ(end(reply(true)), errc::wrong_type);
  EXPECT_EQ(end(sample("String")), errc::wrong_type);
  fetch_machine fresh(connection, {});
  fresh.start();
  EXPECT_NE(find<fetch_ended>(fresh.replied(unserializable())), nullptr);
}

}  // namespace
}  // namespace helenus::jmx
