#pragma once

#include "base/assert.h"
#include "storage/sqlite/columns.h"

#include <string_view>

namespace helenus::storage::sqlite::fuzz {

/// What is accepted must say the same again after it was written and read once more.
inline void parse_columns(std::string_view text) {
  if (const auto names = names_from(text)) {
    const auto again = names_from(column_of(*names));
    HELENUS_ASSERT(again.has_value() && *again == *names);
  }
  if (const auto replicas = replicas_from(text)) {
    const auto again = replicas_from(column_of(*replicas));
    HELENUS_ASSERT(again.has_value() && *again == *replicas);
  }
  if (const auto ranges = ranges_from(text)) {
    const auto again = ranges_from(column_of(*ranges));
    HELENUS_ASSERT(again.has_value() && *again == *ranges);
  }
  static_cast<void>(cluster_state_from(text));
}

}  // namespace helenus::storage::sqlite::fuzz
