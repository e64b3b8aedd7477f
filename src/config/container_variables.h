#pragma once

#include <span>
#include <string_view>

namespace helenus::config {

/// How the value of a variable stands in YAML.
enum class value_shape {
  scalar,
  flow,  ///< a list or map: "[a, b]"
};

/// A variable of Reaper's container image that becomes one key, as it is.
struct container_variable {
  const char* name;
  std::string_view path;       ///< of the key: "autoScheduling.enabled"
  std::string_view otherwise;  ///< the image's default; empty: the key is left out
  value_shape shape = value_shape::scalar;
};

/// Those for every kind of storage.
std::span<const container_variable> container_variables();
/// Those for storage in Cassandra.
std::span<const container_variable> cassandra_variables();

}  // namespace helenus::config
