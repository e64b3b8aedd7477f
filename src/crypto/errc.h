#pragma once

#include "base/errc.h"

namespace helenus::crypto {

/// Why a password can neither be hidden nor read.
enum class errc {
  secret_missing = 1,  ///< nothing tells the passphrase; the detail names the variable
  blank_text,          ///< there is nothing to encrypt
  not_readable,        ///< not what a cryptograph with this passphrase and these options writes
};

const base::category& category() noexcept;
boost::system::error_code make_error_code(errc value) noexcept;

}  // namespace helenus::crypto

template <>
struct boost::system::is_error_code_enum<helenus::crypto::errc> : std::true_type {};
