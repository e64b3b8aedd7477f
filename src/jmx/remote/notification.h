#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "jmx/object/value.h"

#include <cstdint>
#include <string>
#include <vector>

namespace helenus::jmx {

/// One event of an MBean, as one listener gets it.
struct notification {
  std::int32_t listener = 0;  ///< the id that add_notification_listeners gave
  std::string type;           ///< "progress", "repair", ...
  std::string source;         ///< a String source, or the text of an ObjectName source
  std::string message;
  std::int64_t number = 0;      ///< the emitter's own counter, not the fetch sequence
  base::clock::wall_time time;  ///< the server's clock
  value user_data;
  value raw;  ///< the whole object, for fields of subclasses
};

/// The answer of one fetch.
struct fetch_result {
  std::int64_t earliest = 0;  ///< the oldest event in the server's buffer
  std::int64_t next = 0;      ///< where to go on
  std::vector<notification> notifications;
};

/// Reads a NotificationResult.
result<fetch_result> read_fetch_result(const value& from);

}  // namespace helenus::jmx
