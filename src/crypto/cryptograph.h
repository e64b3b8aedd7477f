#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "crypto/hmac.h"

#include <string>

namespace helenus::crypto {

/// As Reaper's `cryptograph` of type `symmetric`, with its defaults.
struct cryptograph_options {
  /// The environment variable (or property of JAVA_OPTS) that holds the passphrase.
  std::string secret_name = "CASSANDRA_REAPER_PROPERTY_KEY_SECRET";
  base::secret passphrase;  ///< empty: not set
  std::string salt = "deadbeef";
  hash algorithm = hash::sha512;
  int iterations = 1024;
  int key_bits = 256;  ///< 128, 192 or 256
};

/// Hides passwords that are kept, in Reaper's form: `{cipher}` and the upper-case hex of a random
/// IV and of AES in CBC mode, with a key made of the passphrase by PBKDF2. Errors show no secret.
class cryptograph {
 public:
  /// Without a passphrase by intention: texts stay as they are.
  cryptograph() = default;
  /// Derives the key: a millisecond for a thousand iterations.
  explicit cryptograph(const cryptograph_options& options);

  bool is_on() const { return is_on_; }
  /// The text without outer white space, hidden. secret_missing, blank_text.
  result<base::secret> encrypt(const base::secret& plain) const;
  /// What encrypt() was given. A text that does not begin with `{cipher}` is not hidden and stays
  /// as it is. secret_missing, not_readable.
  result<base::secret> decrypt(const base::secret& kept) const;

 private:
  result<void> has_key() const;

  bool is_on_ = false;
  std::string secret_name_;
  base::secret key_;  // empty: secret_missing
};

}  // namespace helenus::crypto
