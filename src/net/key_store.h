#pragma once

#include "base/result.h"
#include "base/secret.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::net {

/// What a Java key store holds (JKS or PKCS#12): certificates as DER, the key as DER of PKCS#8.
struct key_store {
  std::vector<std::string> authorities;  ///< certificates that are trusted
  std::vector<std::string> chain;        ///< our own certificate first, then who signed it
  base::secret key;                      ///< of our own certificate; empty: there is none
};

/// Larger files and stores with more entries are refused; real ones are a hundredth of that.
inline constexpr std::size_t largest_key_store = std::size_t{4} << 20;
inline constexpr std::size_t most_store_entries = 10'000;

/// Whether the bytes begin as a JKS or PKCS#12 file does, and not as PEM.
bool is_key_store(std::string_view bytes);

/// Reads a store. The password opens PKCS#12 and the key of a JKS; certificates of a JKS are read
/// without. Of several keys the first is taken. Errors: certificate_unreadable, which says why.
result<key_store> read_key_store(std::string_view bytes, const base::secret& password);

/// The JKS format alone. https://docs.oracle.com/javase/8/docs/technotes/guides/security/ names it;
/// its layout: magic, version, count; of each entry its kind, alias, time, then a certificate, or a
/// protected key with its chain; at last a SHA-1 of all that is not checked here.
result<key_store> read_jks(std::string_view bytes, const base::secret& password);

}  // namespace helenus::net
