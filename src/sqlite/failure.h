#pragma once

#include "base/result.h"

#include <string_view>

struct sqlite3;

namespace helenus::sqlite {

/// The last failure of `db` as an error: "FILE: what SQLite says".
error failure(sqlite3* db, std::string_view file);

}  // namespace helenus::sqlite
