#pragma once

#include "base/errc.h"

namespace helenus::sqlite {

/// What SQLite and the file below it can answer.
enum class errc {
  busy = 1,        ///< another process has the file open
  full,            ///< no space left on the device, or a quota or file size limit is reached
  read_only,       ///< the file, its folder or its file system can not be written
  corrupt,         ///< the file is damaged, or is no SQLite database
  foreign,         ///< a database that another program made
  newer_schema,    ///< the file was written by a newer version of this program
  cannot_open,     ///< the file can not be opened or made; the detail says why
  constraint,      ///< a rule of the schema forbids the change
  input_output,    ///< reading or writing the file failed
  limit_exceeded,  ///< a value is larger than SQLite accepts
  interrupted,     ///< the work was stopped because it took too long
  internal,        ///< the statement and the program disagree: a bug
};

const base::category& category() noexcept;
boost::system::error_code make_error_code(errc value) noexcept;

}  // namespace helenus::sqlite

template <>
struct boost::system::is_error_code_enum<helenus::sqlite::errc> : std::true_type {};
