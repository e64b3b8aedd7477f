#pragma once

#include "base/secret.h"
#include "model/repair_run.h"
#include "net/tls_context.h"

#include <cstdint>
#include <set>
#include <string>

namespace helenus::app {

/// What `helenus repair` is asked to do.
struct one_shot_options {
  std::string seed;  ///< address of a node of the cluster
  std::uint16_t jmx_port = 7199;
  std::string keyspace;               ///< empty: all that can be repaired
  std::set<std::string> tables;       ///< empty: all
  std::set<std::string> datacenters;  ///< empty: all
  int segments_per_node = 64;
  model::repair_parallelism parallelism = model::repair_parallelism::parallel;
  double intensity = 1.0;
  std::string username;       ///< empty: no JMX authentication
  std::string password_file;  ///< empty: environment or prompt
  bool jmx_tls = false;       ///< also when one of the files is given
  net::tls_client_options tls;
  std::string state_file;  ///< empty: nothing is kept
  bool json = false;
};

/// Exit codes of `helenus repair`.
constexpr int exit_repaired = 0;
constexpr int exit_segments_failed = 1;
constexpr int exit_not_started = 2;
constexpr int exit_usage = 64;
constexpr int exit_interrupted = 130;

}  // namespace helenus::app
