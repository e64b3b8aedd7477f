#include "jmx/remote/calls.h"

#include "jmx/object/object_writer.h"

namespace helenus::jmx::calls {
namespace {

constexpr char message_call = 0x50;
// Calls by the hash of the method; only the registry still answers to numbered operations.
constexpr std::int32_t by_hash = -1;

// A call whose arguments are being written.
class builder {
 public:
  builder(const char* name, const remote_id& target, std::uint64_t hash, returns answer,
          std::int32_t operation = by_hash)
      : arguments(object_writer::style::annotated) {
    call_.name = name;
    call_.answer = answer;
    arguments.put_bytes({reinterpret_cast<const char*>(target.bytes.data()), target.bytes.size()});
    arguments.put_int(operation);
    arguments.put_long(static_cast<std::int64_t>(hash));
  }

  builder& with(const argument& next) {
    arguments.write(next);
    return objects();
  }
  builder& objects() {
    call_.has_objects = true;
    return *this;
  }
  builder& once() {
    call_.idempotent = false;
    return *this;
  }
  builder& secret() {
    call_.secret = true;
    return *this;
  }
  remote_call finish() {
    call_.bytes = message_call + arguments.finish();
    return std::move(call_);
  }

  object_writer arguments;

 private:
  remote_call call_;
};

// Delegation of a subject is not used; recent servers refuse anything but null.
const argument no_subject;

}  // namespace

remote_call lookup(std::string_view name) {
  constexpr std::uint64_t interface_hash = 0x44154dc9d4e63bdf;
  constexpr std::int32_t lookup_operation = 2;
  return builder("lookup", registry_id, interface_hash, returns::object, lookup_operation)
      .with(std::string(name))
      .finish();
}

remote_call get_version(const remote_id& server) {
  return builder("getVersion", server, 0x8fda2350c701988d, returns::object).finish();
}

remote_call new_client(const remote_id& server, const credentials* login) {
  builder call("newClient", server, 0xf0e074eaad0caea8, returns::object);
  if (login) {
    call.with(std::vector<std::string>{login->user, std::string(login->password.reveal())});
  } else {
    call.with(argument());
  }
  // Sent twice it makes a second session, which the server drops when it is idle.
  return call.secret().once().finish();
}

remote_call get_connection_id(const remote_id& connection) {
  return builder("getConnectionId", connection, 0xff0ebec77dc65363, returns::object).finish();
}

remote_call get_default_domain(const remote_id& connection) {
  return builder("getDefaultDomain", connection, 0x53eda2d82e1bdfa8, returns::object)
      .with(no_subject)
      .finish();
}

remote_call close(const remote_id& connection) {
  return builder("close", connection, 0xbe2e5bc7809d0dcc, returns::nothing).finish();
}

remote_call is_registered(const remote_id& connection, const object_name& name) {
  return builder("isRegistered", connection, 0x738ac4e1ccaba014, returns::boolean)
      .with(name.as_argument())
      .with(no_subject)
      .finish();
}

remote_call is_instance_of(const remote_id& connection, const object_name& name,
                           std::string_view class_name) {
  return builder("isInstanceOf", connection, 0xe2327cc9422dbcf2, returns::boolean)
      .with(name.as_argument())
      .with(std::string(class_name))
      .with(no_subject)
      .finish();
}

remote_call get_attribute(const remote_id& connection, const object_name& name,
                          std::string_view attribute) {
  return builder("getAttribute", connection, 0xf0e0500a394d7215, returns::object)
      .with(name.as_argument())
      .with(std::string(attribute))
      .with(no_subject)
      .finish();
}

remote_call get_attributes(const remote_id& connection, const object_name& name,
                           const std::vector<std::string>& attributes) {
  return builder("getAttributes", connection, 0x5739d96a8b235c47, returns::object)
      .with(name.as_argument())
      .with(attributes)
      .with(no_subject)
      .finish();
}

remote_call set_attribute(const remote_id& connection, const object_name& name,
                          std::string_view attribute, const argument& to) {
  builder call("setAttribute", connection, 0x5d845744730afe0c, returns::nothing);
  call.with(name.as_argument());
  call.arguments.write_marshalled_attribute(attribute, to);
  return call.with(no_subject).once().finish();
}

remote_call invoke(const remote_id& connection, const object_name& name, std::string_view operation,
                   const std::vector<parameter>& parameters) {
  builder call("invoke", connection, 0x13e7d69417e5da20, returns::object);
  call.with(name.as_argument()).with(std::string(operation));
  if (parameters.empty()) {
    call.with(argument()).with(argument());
  } else {
    std::vector<argument> values;
    std::vector<std::string> types;
    for (const auto& [type, value] : parameters) {
      types.push_back(type);
      values.push_back(value);
    }
    call.arguments.write_marshalled(argument::array(std::move(values)));
    call.with(types);
  }
  return call.with(no_subject).once().finish();
}

remote_call query_names(const remote_id& connection, const object_name& pattern) {
  builder call("queryNames", connection, 0x7f0473acb73677da, returns::object);
  call.with(pattern.as_argument());
  call.arguments.write_marshalled(argument());
  return call.with(no_subject).finish();
}

remote_call get_mbean_info(const remote_id& connection, const object_name& name) {
  return builder("getMBeanInfo", connection, 0x993cd0f9b9817af6, returns::object)
      .with(name.as_argument())
      .with(no_subject)
      .finish();
}

remote_call get_object_instance(const remote_id& connection, const object_name& name) {
  return builder("getObjectInstance", connection, 0x6073b3361f37bdc2, returns::object)
      .with(name.as_argument())
      .with(no_subject)
      .finish();
}

remote_call add_notification_listeners(const remote_id& connection,
                                       const std::vector<object_name>& names) {
  builder call("addNotificationListeners", connection, 0xb6258d6e656d6eef, returns::object);
  std::vector<std::string> texts;
  texts.reserve(names.size());
  for (const auto& name : names) texts.push_back(name.text());
  call.arguments.write_names(texts);
  call.arguments.write_no_filters(names.size());
  call.arguments.write_null_subjects(names.size());
  return call.objects().once().finish();
}

remote_call remove_notification_listeners(const remote_id& connection, const object_name& name,
                                          const std::vector<std::int32_t>& listeners) {
  builder call("removeNotificationListeners", connection, 0x23604b280b8bbe96, returns::nothing);
  call.with(name.as_argument());
  call.arguments.write_integers(listeners);
  return call.with(no_subject).finish();
}

remote_call fetch_notifications(const remote_id& connection, std::int64_t sequence,
                                std::int32_t max, std::chrono::milliseconds wait) {
  builder call("fetchNotifications", connection, 0xba171f3dc87c75e2, returns::object);
  call.arguments.put_long(sequence);
  call.arguments.put_int(max);
  call.arguments.put_long(wait.count());
  return call.finish();
}

}  // namespace helenus::jmx::calls
