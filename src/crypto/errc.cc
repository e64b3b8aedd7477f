#include "crypto/errc.h"

namespace helenus::crypto {
namespace {

constexpr base::errc_entry table[] = {
    {int(errc::secret_missing), false, "the passphrase of the cryptograph is not set"},
    {int(errc::blank_text), false, "a blank text cannot be encrypted"},
    {int(errc::not_readable), false,
     "a stored password cannot be decrypted: it was encrypted with another passphrase or other "
     "options of the cryptograph"},
};

}  // namespace

const base::category& category() noexcept {
  static const base::table_category instance("helenus.crypto", table);
  return instance;
}

boost::system::error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), category()};
}

}  // namespace helenus::crypto
