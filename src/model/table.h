#pragma once

#include <string>

namespace helenus::model {

/// A table of a keyspace.
struct table {
  std::string keyspace;
  std::string name;
  std::string compaction_strategy;  ///< class name; empty when unknown
};

}  // namespace helenus::model
