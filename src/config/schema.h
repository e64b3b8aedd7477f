#pragma once

#include "config/reader.h"
#include "config/settings.h"
#include "config/substitution.h"

namespace helenus::config {

/// The keys of a whole document.
void read_document(reader& from, const YAML::Node& document, settings& into);
/// The `server` block: ports, their limits and the grace period.
void read_server(reader& from, const YAML::Node& block, settings& into);
/// The `accessControl` block.
void read_access_control(reader& from, const YAML::Node& block, settings& into);
/// The `logging` block.
void read_logging(reader& from, const YAML::Node& block, log_settings& into);
/// The `cassandra` block: how the cluster that keeps our state is reached.
void read_cassandra(reader& from, const YAML::Node& block, cassandra_settings& into);
/// What variables say of it: with REAPER_SKIP_SCHEMA_MIGRATION somebody else, such as an init
/// container, makes the schema; key stores that `ssl` does not name are those of JAVA_OPTS.
void read_surroundings(const environment& variables, cassandra_settings& into);
/// The `cryptograph` block.
void read_cryptograph(reader& from, const YAML::Node& block, settings& into);
/// The passphrase of the cryptograph, if there is one: from the variable that it names, else from
/// the property of that name in JAVA_OPTS, else a warning.
void find_passphrase(const environment& variables, settings& into);
/// The `httpManagement` block: nodes are asked over HTTP and not over JMX.
void read_http_management(reader& from, const YAML::Node& block, settings& into);
/// The keys that begin with `jmx`.
std::vector<key> jmx_keys(jmx_settings& into);
/// The mode, and what it has to know. `availability` becomes the value that names it.
std::vector<key> deployment_keys(deployment_settings& into, YAML::Node& availability);
/// Refuses a mode that shares its state with others where storage can not be shared; completes what
/// other parts of the document tell. After the whole document was read.
void check_deployment(reader& from, const YAML::Node& availability, settings& into);

}  // namespace helenus::config
