#pragma once

#include "base/assert.h"
#include "jmx/object/object_reader.h"
#include "jmx/remote/notification.h"
#include "jmx/remote/results.h"
#include "jmx/rmi/remote_exception.h"
#include "jmx/rmi/remote_reference.h"

#include <string_view>

namespace helenus::jmx::fuzz {

/// Limits that keep a single input fast.
inline reader_limits small_limits() {
  reader_limits limits;
  limits.bytes = 1 << 20;
  limits.values = 1 << 18;
  limits.array_elements = 1 << 16;
  limits.string_bytes = 1 << 18;
  return limits;
}

/// Asks a value everything that we ask values of servers.
inline void look_at(const value& what) {
  describe(what, 500);
  static_cast<void>(what.type_name());
  static_cast<void>(what.as_time());
  static_cast<void>(what.as_doubles());
  static_cast<void>(what.as_strings());
  static_cast<void>(what.as_string_map());
  static_cast<void>(remote_exception::read(what).to_error());
  static_cast<void>(read_reference(what, "javax.management.remote.rmi.RMIServerImpl_Stub"));
  static_cast<void>(read_fetch_result(what));
  static_cast<void>(read_attributes(what));
  static_cast<void>(read_names(what));
  static_cast<void>(read_rows(what));
  static_cast<void>(read_mbean_info(what));
}

/// Reads a stream at once and cut in two; both must agree.
inline void read_java_object(std::string_view bytes) {
  if (bytes.size() > small_limits().bytes) return;  // the two would notice at different times
  object_reader whole(small_limits());
  whole.feed(bytes);
  const auto expected = whole.take_value();
  object_reader pieces(small_limits());
  pieces.feed(bytes.substr(0, bytes.size() / 2));
  auto read = pieces.take_value();
  const bool early = !read.has_value() || read->has_value();
  if (!early) {
    pieces.feed(bytes.substr(bytes.size() / 2));
    read = pieces.take_value();
  }
  HELENUS_ASSERT(read.has_value() == expected.has_value());
  if (!expected || !*expected) return;
  HELENUS_ASSERT(read->has_value());
  HELENUS_ASSERT(describe((*expected)->what, 500) == describe((*read)->what, 500));
  look_at((*expected)->what);
}

}  // namespace helenus::jmx::fuzz
