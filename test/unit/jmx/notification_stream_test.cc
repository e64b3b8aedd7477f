#include "jmx/notification_stream.h"

#include "fixture.h"
#include "jmx/errc.h"
#include "pool_fixture.h"

#include <deque>
#include <utility>
#include <variant>

namespace helenus::jmx {
namespace {

// Of the recorded session: where its events begin, and how many they are.
constexpr std::int64_t first_event = 0x1a2068b5990;
constexpr std::int64_t events = 4;

std::string big_endian(std::int64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

/// A server that answers fetches with what the test put in line, then with silence.
class notification_stream_test : public pool_fixture {
 protected:
  std::deque<fake_peer::behaviour> fetches;
  std::vector<std::int64_t> asked_from;
  unsigned removed = 0;

  static std::string recorded(const std::string& name) { return test::recorded_session()[name]; }
  /// A recorded fetch reply with other numbers of the first and the next event.
  static std::string fetched(const std::string& name, std::int64_t earliest, std::int64_t next) {
    auto bytes = recorded(name);
    const auto place = bytes.find(big_endian(first_event));
    return bytes.replace(place, 16, big_endian(earliest) + big_endian(next));
  }
  static fake_peer::behaviour start_at(std::int64_t next) {
    return {{}, fetched("fetchNotifications first reply", next, next)};
  }
  /// The four recorded events, as those from `from` on.
  static fake_peer::behaviour four_events(std::int64_t from, base::clock::duration after = 1s) {
    return {after, fetched("fetchNotifications reply", from, from + events)};
  }

  fake_peer::behaviour answer(const std::string& call) override {
    const auto has = [&call](std::string_view hash) {
      return call.find(hash) != std::string::npos;
    };
    if (has("\xb6\x25\x8d\x6e")) return {{}, recorded("addNotificationListeners reply")};
    if (has("\x23\x60\x4b\x28")) {
      ++removed;
      return {{}, recorded("removeNotificationListeners reply")};
    }
    if (!has("\xba\x17\x1f\x3d")) return {{}, string_answer("DefaultDomain")};
    std::int64_t from = 0;
    for (const char byte : call.substr(call.find("\xba\x17\x1f\x3d") + 8, 8)) {
      from = (from << 8) | static_cast<unsigned char>(byte);
    }
    asked_from.push_back(from);
    if (fetches.empty()) return {1h, string_answer("")};
    auto first = std::move(fetches.front());
    fetches.pop_front();
    return first;
  }

  std::unique_ptr<notification_stream> listen(std::optional<std::int64_t> from = std::nullopt) {
    auto opened =
        helenus::test::run(context, clock, notification_stream::open(*pool, {bean}, from));
    if (!opened) ADD_FAILURE() << opened.error().message();
    return opened ? std::move(*opened) : nullptr;
  }
  result<notification_stream::item> next(notification_stream& stream) {
    return helenus::test::run(context, clock, stream.next());
  }
  std::string next_message(notification_stream& stream) {
    const auto item = next(stream);
    if (!item) return item.error().message();
    const auto* event = std::get_if<notification>(&*item);
    return event ? event->message : "lost";
  }
  void start_server() { ASSERT_TRUE(helenus::test::run(context, clock, set_up())); }
};

TEST_F(notification_stream_test, events_come_in_order_and_the_next_number_is_known) {
  start_server();
  fetches = {start_at(first_event), four_events(first_event)};
  auto stream = listen();
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->next_sequence(), first_event);
  EXPECT_EQ(next_message(*stream), "Repair step 0");
  // What has not been handed out yet is not to be missed by a later stream.
  EXPECT_EQ(stream->next_sequence(), first_event);
  EXPECT_EQ(next_message(*stream), "Repair step 1");
  EXPECT_EQ(next_message(*stream), "Repair step 4");
  EXPECT_EQ(next_message(*stream), "Repair step 5");
  EXPECT_EQ(stream->next_sequence(), first_event + events);
  EXPECT_EQ(asked_from, (std::vector<std::int64_t>{-1, first_event}));
}

TEST_F(notification_stream_test, a_gap_is_told_before_what_follows_it) {
  start_server();
  fetches = {start_at(first_event), four_events(first_event + 17)};
  auto stream = listen();
  ASSERT_TRUE(stream);
  const auto item = next(*stream);
  ASSERT_TRUE(item);
  ASSERT_TRUE(std::holds_alternative<notifications_lost>(*item));
  EXPECT_EQ(std::get<notifications_lost>(*item).count, 17);
  EXPECT_EQ(next_message(*stream), "Repair step 0");
}

TEST_F(notification_stream_test, a_saved_number_is_where_it_goes_on) {
  start_server();
  fetches = {four_events(first_event)};
  auto stream = listen(first_event);
  ASSERT_TRUE(stream);
  EXPECT_EQ(next_message(*stream), "Repair step 0");
  EXPECT_EQ(asked_from, (std::vector<std::int64_t>{first_event}));
}

TEST_F(notification_stream_test, a_broken_socket_is_replaced_without_loss) {
  start_server();
  fetches = {start_at(first_event), {1s, std::nullopt}, four_events(first_event)};
  auto stream = listen();
  ASSERT_TRUE(stream);
  EXPECT_EQ(next_message(*stream), "Repair step 0");
  EXPECT_EQ(asked_from, (std::vector<std::int64_t>{-1, first_event, first_event}));
}

TEST_F(notification_stream_test, a_cancelled_wait_loses_nothing) {
  start_server();
  fetches = {start_at(first_event), four_events(first_event, 10s), four_events(first_event)};
  auto stream = listen();
  ASSERT_TRUE(stream);
  auto hasty = base::with_timeout(clock, stream->next(), 1s, "an event");
  EXPECT_FALSE(helenus::test::run(context, clock, std::move(hasty)));
  EXPECT_EQ(next_message(*stream), "Repair step 0");
  EXPECT_EQ(asked_from.back(), first_event);
}

TEST_F(notification_stream_test, a_fetch_that_is_never_answered_is_repeated_and_at_last_given_up) {
  start_server();
  fetches = {start_at(first_event)};
  auto stream = listen();
  ASSERT_TRUE(stream);
  const auto begin = clock.now();
  const auto ended = next(*stream);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code.category(), category());
  EXPECT_EQ(clock.now() - begin, 4 * 40s);  // each has the server's 25 s and 15 s for the way
  EXPECT_FALSE(next(*stream));
}

TEST_F(notification_stream_test,
       a_server_that_answers_at_once_without_events_is_asked_once_a_second) {
  start_server();
  fetches = {start_at(first_event)};
  auto stream = listen();
  ASSERT_TRUE(stream);
  const auto begin = clock.now();
  for (int i = 0; i < 10; ++i) fetches.push_back(start_at(first_event));
  fetches.push_back(four_events(first_event, 0s));
  EXPECT_EQ(next_message(*stream), "Repair step 0");
  EXPECT_EQ(asked_from.size(), 12u);
  EXPECT_EQ(clock.now() - begin, 10s);
}

TEST_F(notification_stream_test, it_goes_on_behind_an_event_that_is_larger_than_we_accept) {
  options.answer_bytes = 32 * 1024;
  start_server();
  fetches = {start_at(first_event)};
  auto stream = listen();
  ASSERT_TRUE(stream);
  // 100, 25, 6 and 1 at a time, then from the present on.
  for (int i = 0; i < 4; ++i) {
    fetches.push_back({1s, string_answer(std::string(60'000, 'x'))});
  }
  fetches.push_back(start_at(first_event + 7));
  fetches.push_back(four_events(first_event + 7));
  const auto item = next(*stream);
  ASSERT_TRUE(item) << item.error().message();
  ASSERT_TRUE(std::holds_alternative<notifications_lost>(*item));
  EXPECT_EQ(std::get<notifications_lost>(*item).count, 7);
  EXPECT_EQ(next_message(*stream), "Repair step 0");
  EXPECT_EQ(asked_from, (std::vector<std::int64_t>{-1, first_event, first_event, first_event,
                                                   first_event, -1, first_event + 7}));
}

TEST_F(notification_stream_test, it_ends_with_the_session) {
  start_server();
  fetches = {start_at(first_event)};
  auto stream = listen();
  ASSERT_TRUE(stream);
  const auto ending = [&]() -> task<void> {
    base::task_group group(context.get_executor());
    const auto wait = [](notification_stream& events) -> task<void> {
      const auto item = co_await events.next();
      EXPECT_FALSE(item);
      EXPECT_EQ(item.error().code, errc::closed);
      co_return result<void>{};
    };
    group.spawn("wait", wait(*stream));
    co_await clock.sleep_for(1s);
    const auto begin = clock.now();
    pool->end({errc::closed, "the end"});
    co_await group.join();
    EXPECT_EQ(clock.now(), begin);
    co_return result<void>{};
  };
  EXPECT_TRUE(helenus::test::run(context, clock, ending()));
}

TEST_F(notification_stream_test, events_of_other_listeners_of_the_session_are_left_out) {
  start_server();
  // The recorded listener has the number 0; this one is to have the number 5.
  fetches = {start_at(first_event)};
  auto stream = listen();
  ASSERT_TRUE(stream);
  fetches = {four_events(first_event)};
  auto foreign = fetches.front();
  const auto id = foreign.bytes->find(std::string("\x02\x00\x00\x70\x78\x70\x00\x00\x00\x00", 10));
  ASSERT_NE(id, std::string::npos);
  foreign.bytes->replace(id + 6, 4, std::string("\x00\x00\x00\x05", 4));
  fetches = {foreign, four_events(first_event + events)};
  EXPECT_EQ(next_message(*stream), "Repair step 0");
  EXPECT_EQ(stream->next_sequence(), first_event + events);
}

TEST_F(notification_stream_test, close_removes_the_listeners) {
  start_server();
  fetches = {start_at(first_event)};
  auto stream = listen();
  ASSERT_TRUE(stream);
  EXPECT_TRUE(helenus::test::run(context, clock, stream->close()));
  EXPECT_EQ(removed, 1u);
  EXPECT_EQ(next(*stream).error().code, errc::closed);
}

}  // namespace
}  // namespace helenus::jmx
