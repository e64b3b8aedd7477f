#pragma once

#include "storage/cassandra/schema/table.h"

#include <map>
#include <set>
#include <string>

namespace helenus::storage::cassandra {

struct found_column {
  std::string type;
  column_kind kind = column_kind::regular;
};

struct found_table {
  std::map<std::string, found_column> columns;
  std::string compaction;  ///< class name, with or without its package
  int time_to_live = 0;
  int gc_grace = 0;
};

/// A keyspace as it is.
struct found_schema {
  bool keyspace_exists = false;
  std::map<std::string, found_table> tables;
  std::set<std::string> indexes;
  int reaper_version = 0;  ///< the highest that was applied; 0: none is recorded
  int own_version = 0;
};

}  // namespace helenus::storage::cassandra
