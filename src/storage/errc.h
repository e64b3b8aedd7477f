#pragma once

#include "base/errc.h"

namespace helenus::storage {

/// What can go wrong with kept state, whatever keeps it.
enum class errc {
  not_found = 1,  ///< no such row
  superseded,     ///< the row is not the version that was seen: read it again
  conflict,       ///< the row exists already, or others refer to it
  busy,           ///< another process holds the storage
  full,           ///< no space left
  read_only,      ///< the storage can not be written
  corrupt,        ///< the integrity check failed; the detail says what
  newer_schema,   ///< written by a newer version of Helenus
  unavailable,    ///< it can not be reached now
  invalid_row,    ///< a value breaks a rule of its type; the detail says which. A bug of the caller
  foreign,        ///< the file belongs to another program
  // Kinds of unavailable that somebody ends.
  login_refused,       ///< there is no such role, or its password is another one
  permission_missing,  ///< the role may not do what is needed
  no_keyspace,         ///< the keyspace does not exist
  old_schema,          ///< tables or columns are not there (yet)
};

const base::category& category() noexcept;
boost::system::error_code make_error_code(errc value) noexcept;

}  // namespace helenus::storage

template <>
struct boost::system::is_error_code_enum<helenus::storage::errc> : std::true_type {};
