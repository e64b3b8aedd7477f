#include "jmx/remote/fetch_machine.h"

#include "../fixture.h"
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"
#include "jmx/remote/calls.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

using namespace std::chrono_literals;

const remote_id connection{};
constexpr auto at_once = 0ms;

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
  const auto actions = machine.replied(returned("fetchNotifications first reply"), at_once);
  ASSERT_NE(find<fetch_started>(actions), nullptr);
  EXPECT_EQ(find<fetch_started>(actions)->sequence, machine.next());
  EXPECT_EQ(find<notifications_lost>(actions), nullptr);
  EXPECT_EQ(find<fetch_now>(actions)->call.bytes, fetch(machine.next()));
}

TEST(fetch_machine, recorded_events_are_delivered_in_order) {
  fetch_machine machine(connection, {});
  machine.start();
  machine.replied(returned("fetchNotifications first reply"), at_once);
  const auto before = machine.next();
  const auto actions = machine.replied(returned("fetchNotifications reply"), at_once);
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
  const auto actions = machine.replied(sample("NotificationResult empty"), at_once);
  EXPECT_EQ(find<fetch_started>(actions)->sequence, 9);
  EXPECT_EQ(find<deliver>(actions), nullptr);
  EXPECT_NE(find<fetch_now>(actions), nullptr);
}

TEST(fetch_machine, a_gap_is_counted) {
  auto machine = from(900);
  const auto actions = machine.replied(sample("NotificationResult gap"), at_once);
  EXPECT_EQ(find<notifications_lost>(actions)->count, 105);
  EXPECT_EQ(find<deliver>(actions)->next, 1009);
}

TEST(fetch_machine, a_sequence_that_goes_back_means_a_restart) {
  auto machine = from(900);
  const auto actions = machine.replied(sample("NotificationResult"), at_once);
  EXPECT_EQ(find<fetch_ended>(actions)->failure.code, make_error_code(errc::server_restarted));
}

TEST(fetch_machine, an_event_that_cannot_be_sent_is_stepped_over) {
  auto machine = from(5);
  EXPECT_EQ(find<fetch_now>(machine.replied(unserializable(), at_once))->call.bytes, fetch(5, 1));
  const auto skipped = machine.replied(unserializable(), at_once);
  EXPECT_EQ(find<notifications_lost>(skipped)->count, 1);
  EXPECT_EQ(find<fetch_now>(skipped)->call.bytes, fetch(6, 1));
  const auto actions = machine.replied(sample("NotificationResult"), at_once);
  EXPECT_EQ(find<deliver>(actions)->notifications.size(), 1U);
  EXPECT_EQ(find<fetch_now>(actions)->call.bytes, fetch(9, 2)) << "more at a time again";
}

TEST(fetch_machine, a_server_that_cannot_send_anything_is_left_to_the_present) {
  auto machine = from(5);
  machine.replied(unserializable(), at_once);
  std::int64_t lost = 0;
  const fetch_now* asked = nullptr;
  std::vector<fetch_action> actions;
  for (int fetches = 0; fetches < 100 && (!asked || asked->call.bytes != fetch(-1, 1)); ++fetches) {
    actions = machine.replied(unserializable(), at_once);
    if (const auto* gap = find<notifications_lost>(actions)) lost += gap->count;
    asked = find<fetch_now>(actions);
  }
  EXPECT_EQ(asked->call.bytes, fetch(-1, 1));
  EXPECT_EQ(asked->pause, 1s) << "or it would go round as fast as the server answers";
  EXPECT_EQ(lost, machine.next() - 5);
}

// --- answers that are more than we accept ---

const error too_large{errc::limit_exceeded, "the answer is larger than 64 MiB"};

TEST(fetch_machine, an_answer_over_the_limit_is_asked_for_in_parts) {
  auto machine = from(5);
  EXPECT_EQ(find<fetch_now>(machine.unreadable(too_large))->call.bytes, fetch(5, 25));
  EXPECT_EQ(find<fetch_now>(machine.unreadable(too_large))->call.bytes, fetch(5, 6));
  const auto actions = machine.replied(sample("NotificationResult"), at_once);
  EXPECT_EQ(find<notifications_lost>(actions), nullptr);
  EXPECT_EQ(find<deliver>(actions)->next, 9);
  EXPECT_EQ(find<fetch_now>(actions)->call.bytes, fetch(9)) << "that was all that there was";
}

TEST(fetch_machine, an_event_over_the_limit_is_lost_and_the_stream_goes_on) {
  auto machine = from(5);
  machine.unreadable(too_large);
  machine.unreadable(too_large);
  EXPECT_EQ(find<fetch_now>(machine.unreadable(too_large))->call.bytes, fetch(5, 1));
  const auto actions = machine.unreadable(too_large);
  EXPECT_EQ(find<fetch_now>(actions)->call.bytes, fetch(-1, 1)) << "where is the present?";
  EXPECT_EQ(find<fetch_ended>(actions), nullptr);
  EXPECT_EQ(machine.next(), 5) << "nothing is skipped unsaid";
  const auto resumed = machine.replied(sample("NotificationResult"), at_once);
  EXPECT_EQ(find<notifications_lost>(resumed)->count, 4);
  EXPECT_EQ(machine.next(), 9);
  EXPECT_EQ(find<fetch_now>(resumed)->call.bytes, fetch(9, 1));
  const auto idle = machine.replied(sample("NotificationResult empty"), 25s);
  EXPECT_EQ(find<fetch_now>(idle)->call.bytes, fetch(9));
}

TEST(fetch_machine, when_not_even_the_present_can_be_read_it_ends) {
  fetch_machine machine(connection, {});
  machine.start();
  const auto actions = machine.unreadable(too_large);
  ASSERT_NE(find<fetch_ended>(actions), nullptr);
  EXPECT_EQ(find<fetch_ended>(actions)->failure.code, make_error_code(errc::limit_exceeded));
}

TEST(fetch_machine, a_restart_that_is_found_when_looking_for_the_present_ends_it) {
  auto machine = from(900);
  for (int tries = 0; tries < 4; ++tries) machine.unreadable(too_large);
  const auto actions = machine.replied(sample("NotificationResult"), at_once);
  ASSERT_NE(find<fetch_ended>(actions), nullptr);
  EXPECT_EQ(find<fetch_ended>(actions)->failure.code, make_error_code(errc::server_restarted));
}

// --- pace ---

TEST(fetch_machine, a_server_that_does_not_wait_for_events_is_asked_once_a_second) {
  auto machine = from(9);
  const auto pause_after = [&](const std::string& answer, std::chrono::milliseconds took) {
    return find<fetch_now>(machine.replied(sample(answer), took))->pause;
  };
  EXPECT_EQ(pause_after("NotificationResult empty", 0ms), 1s);
  EXPECT_EQ(pause_after("NotificationResult empty", 400ms), 600ms);
  EXPECT_EQ(pause_after("NotificationResult empty", 25s), 0ms) << "it waited as it should";
  auto busy = from(5);
  const auto events = busy.replied(sample("NotificationResult"), 0ms);
  EXPECT_EQ(find<fetch_now>(events)->pause, 0ms) << "who has events is asked at once";
}

TEST(fetch_machine, a_lost_socket_loses_no_event) {
  auto machine = from(5);
  EXPECT_EQ(find<fetch_now>(machine.connection_lost())->call.bytes, fetch(5));
  machine.replied(sample("NotificationResult"), at_once);
  EXPECT_EQ(find<fetch_now>(machine.connection_lost())->call.bytes, fetch(9));
}

TEST(fetch_machine, it_ends_with_a_reason) {
  const auto end = [](const reply& answer) {
    auto machine = from(5);
    const auto actions = machine.replied(answer, at_once);
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
  EXPECT_NE(find<fetch_ended>(fresh.replied(unserializable(), at_once)), nullptr);
}

}  // namespace
}  // namespace helenus::jmx
