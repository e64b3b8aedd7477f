#include "crypto/hmac.h"

#include "base/assert.h"
#include "crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace helenus::crypto {

std::string hmac(hash with, std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
  unsigned int length = 0;
  const auto* done =
      HMAC(digest(with), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), made.data(), &length);
  HELENUS_ASSERT(done != nullptr);
  return {reinterpret_cast<const char*>(made.data()), length};
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace helenus::crypto
