#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "model/cluster.h"
#include "model/repair_run.h"
#include "model/repair_unit.h"
#include "model/ring.h"
#include "model/token_range.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How values of the model are written in Reaper's columns, and read back. What is read may have
/// been written by anybody, so every reader checks: errc::corrupt says what was found. Pure.
namespace helenus::storage::cassandra {

/// Says that a column holds what it can not hold.
error damaged(std::string_view what, std::string_view found);

/// Cassandra takes UTF-8 only; names and texts come from people and nodes and may be anything.
/// Bytes that are not UTF-8 become code points U+EE80 to U+EEFF, and so do the bytes of these code
/// points themselves. Everything else stays as it is.
std::string text_column(std::string_view text);
std::string text_from(std::string_view column);

/// `[{"start":1,"end":2}]`
std::string ranges_column(const std::vector<model::token_range>& ranges);
result<std::vector<model::token_range>> ranges_from(std::string_view json);

std::map<std::string, std::string> replicas_column(const std::vector<model::replica>& replicas);
std::vector<model::replica> replicas_from(const std::map<std::string, std::string>& column);

/// "dc_parallel", as the option of a repair is called. What nobody knows is sequential, as for
/// Reaper.
std::string_view parallelism_column(model::repair_parallelism value);
model::repair_parallelism parallelism_from(std::string_view column);

/// Nothing for unknown, which Reaper takes for unreachable.
std::optional<std::string> cluster_state_column(model::cluster_state state);
result<model::cluster_state> cluster_state_from(const std::optional<std::string>& column);

/// Credentials for JMX that are kept with a cluster. The password is usually encrypted, and never
/// looked at here.
struct jmx_credentials {
  std::string username;
  base::secret password;
};
/// The column `properties` of a cluster.
struct cluster_properties {
  std::uint16_t jmx_port = 7199;
  std::optional<jmx_credentials> credentials;
};
std::string properties_column(const cluster_properties& properties);
/// Members that are not known are left out: a later Reaper may have written them.
result<cluster_properties> properties_from(const std::optional<std::string>& json);

}  // namespace helenus::storage::cassandra
