#include "jmx/remote/calls.h"

#include "../fixture.h"
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace helenus::jmx {
namespace {

// The target of a recorded call.
remote_id target_of(const std::string& message) {
  remote_id id;
  std::copy_n(message.begin() + 7, id.bytes.size(), id.bytes.begin());
  return id;
}

class recorded_calls : public testing::Test {
 protected:
  static void expect(const std::string& name, const remote_call& call) {
    EXPECT_EQ(test::to_hex(call.bytes), test::to_hex(test::recorded_session()[name])) << name;
  }
  const remote_id server = target_of(test::recorded_session()["newClient"]);
  const remote_id connection = target_of(test::recorded_session()["getAttribute"]);
  const object_name service = object_name::literal("org.apache.cassandra.db:type=StorageService");
};

TEST_F(recorded_calls, every_call_has_the_bytes_of_javas_own_client) {
  const credentials login{"cassandra", base::secret("secret")};
  expect("lookup", calls::lookup("jmxrmi"));
  expect("newClient", calls::new_client(server, &login));
  expect("getConnectionId", calls::get_connection_id(connection));
  expect("getAttribute", calls::get_attribute(connection, service, "ClusterName"));
  expect("getAttribute missing", calls::get_attribute(connection, service, "Nope"));
  expect("isRegistered", calls::is_registered(connection, service));
  expect("queryNames",
         calls::query_names(connection,
                            object_name::literal("org.apache.cassandra.metrics:type=Table,*")));
  expect("addNotificationListeners", calls::add_notification_listeners(connection, {service}));
  expect("close", calls::close(connection));
}

TEST_F(recorded_calls, a_fetch_has_the_bytes_of_javas_own_client) {
  const auto& first = test::recorded_session()["fetchNotifications first"];
  const auto& second = test::recorded_session()["fetchNotifications"];
  const auto number = [](const std::string& bytes, std::size_t at, std::size_t size) {
    return static_cast<std::int64_t>(big_endian(std::string_view(bytes).substr(at), size));
  };
  for (const auto& bytes : {first, second}) {
    const auto call = calls::fetch_notifications(connection, number(bytes, 41, 8),
                                                 static_cast<std::int32_t>(number(bytes, 49, 4)),
                                                 std::chrono::milliseconds(number(bytes, 53, 8)));
    EXPECT_EQ(test::to_hex(call.bytes), test::to_hex(bytes));
    EXPECT_FALSE(call.has_objects);
  }
}

TEST_F(recorded_calls, an_invocation_and_a_removal_have_the_bytes_of_javas_own_client) {
  // Java's map iterates in the order of its hash table.
  const auto options = argument::map({{"parallelism", "parallel"}, {"incremental", "false"}});
  expect("invoke", calls::invoke(connection, service, "repairAsync",
                                 {{"java.lang.String", "ks1"}, {"java.util.Map", options}}));
  const auto& recorded = test::recorded_session()["removeNotificationListeners"];
  const auto listener = static_cast<std::int32_t>(
      big_endian(std::string_view(recorded).substr(recorded.size() - 5), 4));
  expect("removeNotificationListeners",
         calls::remove_notification_listeners(connection, service, {listener}));
}

// The arguments of a call, as the server reads them.
std::vector<value> arguments_of(const remote_call& call) {
  object_reader reader;
  reader.feed(std::string_view(call.bytes).substr(1));
  EXPECT_TRUE(reader.take_data(34)->has_value());
  std::vector<value> arguments;
  while (!reader.rest().empty()) {
    const auto next = reader.take_value();
    EXPECT_TRUE(next.has_value() && next->has_value());
    if (!next || !*next) break;
    arguments.push_back((*next)->what);
  }
  return arguments;
}

TEST_F(recorded_calls, calls_that_were_not_recorded_can_be_read_back) {
  EXPECT_EQ(*arguments_of(calls::get_attributes(connection, service, {"A", "B"}))[1].as_strings(),
            (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(*arguments_of(calls::is_instance_of(connection, service, "a.B"))[1].as_string(), "a.B");
  EXPECT_EQ(arguments_of(calls::get_mbean_info(connection, service)).size(), 2U);
  EXPECT_EQ(arguments_of(calls::get_object_instance(connection, service)).size(), 2U);
  EXPECT_TRUE(arguments_of(calls::get_default_domain(connection))[0].is_null());
  EXPECT_TRUE(arguments_of(calls::get_version(server)).empty());
  EXPECT_TRUE(arguments_of(calls::new_client(server, nullptr))[0].is_null());
  const auto set = arguments_of(calls::set_attribute(connection, service, "Rate", std::int32_t{7}));
  const auto attribute = *read_object(*set[1].field("objBytes")->as_bytes());
  EXPECT_EQ(*attribute.field("name")->as_string(), "Rate");
  EXPECT_EQ(*attribute.field("value")->as_int(), 7);
  const auto without = arguments_of(calls::invoke(connection, service, "op", {}));
  ASSERT_EQ(without.size(), 5U);
  EXPECT_TRUE(without[2].is_null());
  EXPECT_TRUE(without[3].is_null());
}

/// The classes of which a call has objects: each name stands after 72 (a class descriptor) and its
/// length.
std::set<std::string> classes_in(const std::string& bytes) {
  std::set<std::string> found;
  for (std::size_t at = 0; at + 3 < bytes.size(); ++at) {
    if (bytes[at] != 0x72 || bytes[at + 1] != 0) continue;
    const auto length = static_cast<unsigned char>(bytes[at + 2]);
    const auto name = bytes.substr(at + 3, length);
    if (name.starts_with("java") || name.starts_with("[L")) found.insert(name);
  }
  return found;
}

TEST_F(recorded_calls, nothing_is_sent_that_a_strict_servers_filter_refuses) {
  const credentials login{"u", base::secret("p")};
  EXPECT_EQ(classes_in(calls::new_client(server, &login).bytes),
            (std::set<std::string>{"[Ljava.lang.String;"}));
  EXPECT_TRUE(classes_in(calls::lookup("jmxrmi").bytes).empty());
  const auto everything = argument::list({true, std::int32_t{1}, std::int64_t{2}, 1.5, "text",
                                          std::vector<std::string>{"a"}, argument::array({"a"}),
                                          argument::set({"a"}), argument::map({{"k", "v"}})});
  auto invoked = calls::invoke(connection, service, "op", {{"java.util.List", everything}}).bytes;
  invoked += calls::add_notification_listeners(connection, {service}).bytes;
  invoked += calls::query_names(connection, service).bytes;
  for (const auto& name : classes_in(invoked)) {
    // What the JVM's own agent accepts from JDK 25 on.
    const auto package = name.substr(0, name.rfind('.'));
    const bool allowed = package == "java.lang" || package == "[Ljava.lang" ||
                         package == "java.util" || package == "javax.management" ||
                         package == "[Ljavax.management" || name == "java.rmi.MarshalledObject" ||
                         name == "[Ljava.rmi.MarshalledObject;" ||
                         name == "[Ljavax.security.auth.Subject;";
    EXPECT_TRUE(allowed) << name;
  }
  EXPECT_TRUE(classes_in(invoked).contains("javax.management.ObjectName"));
}

TEST_F(recorded_calls, what_may_be_repeated_and_what_must_be_wiped_is_known) {
  EXPECT_FALSE(calls::invoke(connection, service, "op", {}).idempotent);
  EXPECT_FALSE(calls::set_attribute(connection, service, "A", true).idempotent);
  EXPECT_FALSE(calls::add_notification_listeners(connection, {service}).idempotent);
  EXPECT_TRUE(calls::get_attribute(connection, service, "A").idempotent);
  EXPECT_TRUE(calls::new_client(server, nullptr).secret);
  EXPECT_FALSE(calls::lookup("jmxrmi").secret);
}

}  // namespace
}  // namespace helenus::jmx
