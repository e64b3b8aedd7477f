#pragma once

#include "storage/cassandra/schema/table.h"

#include <map>
#include <string>
#include <string_view>

/// The schema as CQL. Pure. Every statement names its keyspace, so that it means the same whatever
/// session it is sent on, and can be run again.
namespace helenus::storage::cassandra {

/// Letters, digits and '_', at most 48: what Cassandra takes as a keyspace.
bool is_keyspace_name(std::string_view name);

std::string create_keyspace(std::string_view keyspace,
                            const std::map<std::string, int>& copies_by_datacenter);
std::string create_table(std::string_view keyspace, const table& made);
/// Fails when another has added it meanwhile.
std::string add_column(std::string_view keyspace, std::string_view table, const column& added);
/// Compaction, time to live and grace: what the rows of the table rely on.
std::string set_options(std::string_view keyspace, const table& changed);
std::string create_state_index(std::string_view keyspace);
/// For Reaper, which looks at the number only.
std::string record_reaper_version(std::string_view keyspace);
std::string record_own_version(std::string_view keyspace);

inline constexpr std::string_view state_index = "state2i";

}  // namespace helenus::storage::cassandra
