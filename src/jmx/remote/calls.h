#pragma once

#include "jmx/credentials.h"
#include "jmx/object/argument.h"
#include "jmx/remote/object_name.h"
#include "jmx/rmi/remote_call.h"
#include "jmx/rmi/remote_id.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The remote calls of a JMX client, ready to be sent. `connection` is the id of an RMIConnection.
namespace helenus::jmx::calls {

// --- the registry and the RMIServer ---
remote_call lookup(std::string_view name);         ///< a stub, or null
remote_call get_version(const remote_id& server);  ///< String; needs no login
remote_call new_client(const remote_id& server, const credentials* login);  ///< a stub

// --- the connection ---
remote_call get_connection_id(const remote_id& connection);   ///< String; not counted as activity
remote_call get_default_domain(const remote_id& connection);  ///< String; the usual heartbeat
remote_call close(const remote_id& connection);               ///< nothing

// --- MBeans ---
remote_call is_registered(const remote_id& connection, const object_name& name);  ///< boolean
remote_call is_instance_of(const remote_id& connection, const object_name& name,
                           std::string_view class_name);  ///< boolean
remote_call get_attribute(const remote_id& connection, const object_name& name,
                          std::string_view attribute);  ///< its value
/// An AttributeList (read_attributes); attributes that fail or do not exist are left out.
remote_call get_attributes(const remote_id& connection, const object_name& name,
                           const std::vector<std::string>& attributes);
remote_call set_attribute(const remote_id& connection, const object_name& name,
                          std::string_view attribute, const argument& to);  ///< nothing
/// One parameter of an operation: its declared type, as Class.getName says it ("int",
/// "java.util.Map", "[Ljava.lang.String;"), and its value.
struct parameter {
  std::string type;
  argument value;
};
/// Carries out an operation; never sent twice.
remote_call invoke(const remote_id& connection, const object_name& name, std::string_view operation,
                   const std::vector<parameter>& parameters);
/// A set of ObjectNames (read_names). A wide pattern may match thousands.
remote_call query_names(const remote_id& connection, const object_name& pattern);
remote_call get_mbean_info(const remote_id& connection, const object_name& name);
remote_call get_object_instance(const remote_id& connection, const object_name& name);

// --- notifications ---
/// Integer[] (as_longs): one listener id per name, in the same order.
remote_call add_notification_listeners(const remote_id& connection,
                                       const std::vector<object_name>& names);
remote_call remove_notification_listeners(const remote_id& connection, const object_name& name,
                                          const std::vector<std::int32_t>& listeners);
/// A NotificationResult (read_fetch_result), or null when the server is closing. Blocks on the
/// server up to `wait`. `sequence` -1 asks where to start.
remote_call fetch_notifications(const remote_id& connection, std::int64_t sequence,
                                std::int32_t max, std::chrono::milliseconds wait);

}  // namespace helenus::jmx::calls
