#pragma once

#include "base/secret.h"
#include "model/ids.h"
#include "model/token.h"
#include "model/wall_time.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::model {

enum class cluster_state { unknown, active, unreachable };

/// A registered cluster.
struct cluster {
  std::string name;
  std::optional<partitioner> kind;
  std::vector<node_address> seed_hosts;  ///< at least one; sorted
  cluster_state state = cluster_state::unknown;
  std::optional<wall_time> last_contact;
  std::uint16_t jmx_port = 7199;
  std::string jmx_username;  ///< empty: the configured default
  /// Of that user, encrypted as by crypto::cryptograph. Empty: the configuration has it.
  base::secret jmx_password;
};

/// The name under which a cluster is stored and looked up: lower case, without the characters that
/// are not in [a-z0-9_.-].
std::string symbolic_name(std::string_view cluster_name);

}  // namespace helenus::model
