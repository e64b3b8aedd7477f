#include "jmx/remote/notification.h"

#include "../fixture.h"
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

TEST(notification, a_result_is_read_with_all_its_fields) {
  const auto read = *read_fetch_result(*read_object(test::catalogue()["NotificationResult"]));
  EXPECT_EQ(read.earliest, 5);
  EXPECT_EQ(read.next, 9);
  ASSERT_EQ(read.notifications.size(), 1U);
  const auto& event = read.notifications[0];
  EXPECT_EQ(event.listener, 4);
  EXPECT_EQ(event.type, "progress");
  EXPECT_EQ(event.source, "repair:1");
  EXPECT_EQ(event.message, "Starting");
  EXPECT_EQ(event.number, 3);
  EXPECT_EQ(event.time.time_since_epoch(), std::chrono::milliseconds(1700000000123));
  EXPECT_EQ(event.user_data.entries()->size(), 2U);
  EXPECT_TRUE(event.raw.is_a("javax.management.Notification"));
}

TEST(notification, negative_sequences_are_malformed) {
  auto bytes = test::catalogue()["NotificationResult empty"];
  const auto at = bytes.find(std::string("\0\0\0\0\0\0\0\x05", 8));
  ASSERT_NE(at, std::string::npos);
  bytes[at] = '\x80';
  EXPECT_EQ(read_fetch_result(*read_object(bytes)).error().code, make_error_code(errc::malformed));
}

TEST(notification, another_answer_is_a_wrong_type) {
  EXPECT_EQ(read_fetch_result(value()).error().message(),
            "expected javax.management.remote.NotificationResult, got null");
}

}  // namespace
}  // namespace helenus::jmx
