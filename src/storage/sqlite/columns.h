#pragma once

#include "base/result.h"
#include "base/strong_id.h"
#include "base/uuid.h"
#include "model/cluster.h"
#include "model/repair_run.h"
#include "model/ring.h"
#include "model/token_range.h"
#include "sqlite/statement.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// How values of the model are written in columns, and read back. What is read comes from a file,
/// so every reader checks: errc::corrupt says what was found. Pure.
namespace helenus::storage::sqlite {

/// The bytes of an id, for binding; `id` must outlive the use.
template <class Tag>
helenus::sqlite::blob column_of(const base::strong_id<Tag, base::uuid>& id) {
  return id.value().bytes();
}
result<base::uuid> uuid_from(helenus::sqlite::blob bytes);

std::int64_t column_of(model::wall_time time);
std::optional<std::int64_t> column_of(const std::optional<model::wall_time>& time);
model::wall_time time_from(std::int64_t milliseconds);

/// A JSON array of text.
std::string column_of(const std::vector<std::string>& names);
std::string column_of(const std::set<std::string>& names);
result<std::vector<std::string>> names_from(std::string_view text);

/// A JSON array of [address, datacenter].
std::string column_of(const std::vector<model::replica>& replicas);
result<std::vector<model::replica>> replicas_from(std::string_view text);

/// "start:end start:end"
std::string column_of(const std::vector<model::token_range>& ranges);
result<std::vector<model::token_range>> ranges_from(std::string_view text);

std::string_view column_of(model::cluster_state state);
result<model::cluster_state> cluster_state_from(std::string_view text);

/// Says that a column holds what it can not hold.
error damaged(std::string_view what, std::string_view found);

}  // namespace helenus::storage::sqlite
