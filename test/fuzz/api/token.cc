// Tokens of logins: whatever is sent, without the key nobody is named.
#include "api/auth/token.h"

#include "base/assert.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace api = helenus::api;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const helenus::base::secret key("a key that no input of this target was signed with");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  HELENUS_ASSERT(!api::token_subject(key, text, helenus::base::clock::wall_time{}));
  return 0;
}
