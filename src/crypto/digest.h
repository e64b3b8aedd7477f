#pragma once

#include "crypto/hmac.h"

#include <openssl/evp.h>

namespace helenus::crypto {

/// The same hash as OpenSSL names it.
inline const EVP_MD* digest(hash named) {
  switch (named) {
    case hash::sha256:
      return EVP_sha256();
    case hash::sha384:
      return EVP_sha384();
    case hash::sha512:
      return EVP_sha512();
  }
  return nullptr;
}

}  // namespace helenus::crypto
