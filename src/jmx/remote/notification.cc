#include "jmx/remote/notification.h"

#include "jmx/errc.h"
#include "jmx/remote/object_name.h"

namespace helenus::jmx {
namespace {

constexpr std::string_view notification_class = "javax.management.Notification";

// A text that may be null.
result<std::string> text_or_empty(const value& from) {
  if (from.is_null()) return std::string();
  return from.as_string();
}

std::string source_text(const value& source) {
  if (const auto text = source.as_string()) return *text;
  if (const auto name = object_name::read(source)) return name->text();
  return source.type_name();
}

result<notification> read_notification(const value& targeted) {
  TRY(id, targeted.field("id"));
  TRY(listener, id.as_int());
  TRY(raw, targeted.field("notif"));
  if (!raw.is_a(notification_class)) return wrong_type(notification_class, raw);
  notification read;
  read.listener = listener;
  TRY(number, raw.long_field("sequenceNumber", notification_class));
  TRY(milliseconds, raw.long_field("timeStamp", notification_class));
  TRY(type, raw.field("type", notification_class));
  TRY(type_text, text_or_empty(type));
  TRY(message, raw.field("message", notification_class));
  TRY(message_text, text_or_empty(message));
  TRY(source, raw.field("source", notification_class));
  TRY(user_data, raw.field("userData", notification_class));
  read.number = number;
  read.time = base::clock::wall_time(std::chrono::milliseconds(milliseconds));
  read.type = std::move(type_text);
  read.message = std::move(message_text);
  read.source = source_text(source);
  read.user_data = std::move(user_data);
  read.raw = std::move(raw);
  return read;
}

}  // namespace

result<fetch_result> read_fetch_result(const value& from) {
  constexpr std::string_view class_name = "javax.management.remote.NotificationResult";
  if (!from.is_a(class_name)) return wrong_type(class_name, from);
  fetch_result read;
  TRY(earliest, from.long_field("earliestSequenceNumber"));
  TRY(next, from.long_field("nextSequenceNumber"));
  if (earliest < 0 || next < 0) {
    return error{errc::malformed, "a negative notification sequence number"};
  }
  read.earliest = earliest;
  read.next = next;
  TRY(array, from.field("targetedNotifications"));
  TRY(targeted, array.elements());
  for (const auto& element : targeted) {
    TRY(next_notification, read_notification(element));
    read.notifications.push_back(std::move(next_notification));
  }
  return read;
}

}  // namespace helenus::jmx
