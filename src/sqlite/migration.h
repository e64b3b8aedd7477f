#pragma once

#include "base/embedded_file.h"
#include "base/result.h"
#include "sqlite/connection.h"

#include <span>

namespace helenus::sqlite {

/// The schema of a file before and after migrate(). 0: it was empty.
struct schema_change {
  int from = 0;
  int to = 0;
};

/// Brings the schema up to date. `steps` are files named NNN_what.sql, numbered from 001 without
/// gaps; each is run in one transaction together with its number (user_version), so that a failure
/// leaves a schema of one of the numbers. errc::newer_schema when the file knows more steps than
/// we.
result<schema_change> migrate(connection& db, std::span<const base::embedded_file> steps,
                              std::int32_t application_id);

}  // namespace helenus::sqlite
