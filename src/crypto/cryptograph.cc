#include "crypto/cryptograph.h"

#include "base/assert.h"
#include "crypto/digest.h"
#include "crypto/errc.h"
#include "crypto/random.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace helenus::crypto {
namespace {

constexpr std::string_view prefix = "{cipher}";
constexpr std::size_t block = 16;  // of AES, and so the length of an IV

const EVP_CIPHER* cipher(std::size_t key_bytes) {
  switch (key_bytes) {
    case 16:
      return EVP_aes_128_cbc();
    case 24:
      return EVP_aes_192_cbc();
    default:
      HELENUS_ASSERT(key_bytes == 32);
      return EVP_aes_256_cbc();
  }
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// Bytes that are overwritten before their memory is given back.
class wiped_bytes {
 public:
  explicit wiped_bytes(std::size_t size) : bytes_(size) {}
  ~wiped_bytes() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
  wiped_bytes(const wiped_bytes&) = delete;
  wiped_bytes& operator=(const wiped_bytes&) = delete;

  unsigned char* data() { return bytes_.data(); }
  std::string_view text(std::size_t size) const {
    return {reinterpret_cast<const char*>(bytes_.data()), size};
  }

 private:
  std::vector<unsigned char> bytes_;
};

base::secret derived_key(const cryptograph_options& options) {
  const auto passphrase = options.passphrase.reveal();
  const auto size = static_cast<std::size_t>(options.key_bits) / 8;
  wiped_bytes key(size);
  const int done = PKCS5_PBKDF2_HMAC(passphrase.data(), static_cast<int>(passphrase.size()),
                                     bytes_of(options.salt), static_cast<int>(options.salt.size()),
                                     options.iterations, digest(options.algorithm),
                                     static_cast<int>(size), key.data());
  HELENUS_ASSERT(done == 1);
  return base::secret(key.text(size));
}

/// As Java trims: everything up to the blank is white.
std::string_view trimmed(std::string_view text) {
  const auto is_white = [](char letter) { return static_cast<unsigned char>(letter) <= ' '; };
  while (!text.empty() && is_white(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_white(text.back())) text.remove_suffix(1);
  return text;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char letter : bytes) {
    const auto byte = static_cast<unsigned char>(letter);
    hex += digits[byte >> 4];
    hex += digits[byte & 0x0f];
  }
  return hex;
}

std::optional<unsigned> digit_of(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  return std::nullopt;
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t place = 0; place < hex.size(); place += 2) {
    const auto high = digit_of(hex[place]);
    const auto low = digit_of(hex[place + 1]);
    if (!high || !low) return std::nullopt;
    bytes += static_cast<char>(*high << 4 | *low);
  }
  return bytes;
}

enum class direction { decrypt, encrypt };

/// Nothing when what should be decrypted does not end as it would with this key.
std::optional<base::secret> apply(direction where, const base::secret& key, std::string_view iv,
                                  std::string_view text) {
  const auto secret_key = key.reveal();
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
      EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  HELENUS_ASSERT(context != nullptr);
  HELENUS_ASSERT(EVP_CipherInit_ex(context.get(), cipher(secret_key.size()), nullptr,
                                   bytes_of(secret_key), bytes_of(iv),
                                   where == direction::encrypt ? 1 : 0) == 1);
  wiped_bytes made(text.size() + block);
  int first = 0;
  int last = 0;
  if (EVP_CipherUpdate(context.get(), made.data(), &first, bytes_of(text),
                       static_cast<int>(text.size())) != 1 ||
      EVP_CipherFinal_ex(context.get(), made.data() + first, &last) != 1) {
    return std::nullopt;
  }
  return base::secret(made.text(static_cast<std::size_t>(first) + static_cast<std::size_t>(last)));
}

}  // namespace

cryptograph::cryptograph(const cryptograph_options& options)
    : is_on_(true),
      secret_name_(options.secret_name),
      key_(options.passphrase.empty() ? base::secret() : derived_key(options)) {}

result<base::secret> cryptograph::encrypt(const base::secret& plain) const {
  if (!is_on_) return plain;
  const auto text = trimmed(plain.reveal());
  if (text.empty()) return errc::blank_text;
  TRY_VOID(has_key());
  const auto iv = random_bytes(block);
  const auto hidden = apply(direction::encrypt, key_, iv, text);
  HELENUS_ASSERT(hidden.has_value());
  return base::secret(std::string(prefix) + to_hex(iv) + to_hex(hidden->reveal()));
}

result<base::secret> cryptograph::decrypt(const base::secret& kept) const {
  auto text = kept.reveal();
  if (!text.starts_with(prefix)) return kept;
  if (!is_on_) {
    return error{errc::secret_missing,
                 "a stored password is encrypted, and the configuration has no cryptograph"};
  }
  TRY_VOID(has_key());
  text.remove_prefix(prefix.size());
  const auto bytes = from_hex(text);
  if (!bytes || bytes->size() <= block) return errc::not_readable;
  const std::string_view all = *bytes;
  auto plain = apply(direction::decrypt, key_, all.substr(0, block), all.substr(block));
  if (!plain) return errc::not_readable;
  return std::move(*plain);
}

result<void> cryptograph::has_key() const {
  if (!key_.empty()) return {};
  return error{errc::secret_missing,
               "cryptograph.systemPropertySecret names the environment variable " + secret_name_ +
                   ", which is not set: passwords can neither be encrypted nor decrypted"};
}

}  // namespace helenus::crypto
