#include "net/errc.h"
#include "net/key_store.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>

namespace helenus::net {
namespace {

constexpr std::string_view key_protector = "1.3.6.1.4.1.42.2.17.1.1";  // Sun's, of JKS alone
constexpr std::size_t digest_size = SHA_DIGEST_LENGTH;

error unreadable(std::string why) { return {errc::certificate_unreadable, std::move(why)}; }

/// Takes from the front; numbers have their highest byte first.
class reader {
 public:
  explicit reader(std::string_view bytes) : rest_(bytes) {}
  result<std::string_view> take(std::size_t size) {
    if (size > rest_.size()) return unreadable("the JKS store is cut off");
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  result<std::size_t> number(std::size_t size) {
    TRY(bytes, take(size));
    std::size_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
  }
  result<std::string_view> counted(std::size_t length_size) {
    TRY(size, number(length_size));
    return take(size);
  }

 private:
  std::string_view rest_;
};

result<std::string> read_certificate(reader& from, std::size_t version) {
  if (version == 2) {
    TRY(kind, from.counted(2));
    if (kind != "X.509") return unreadable("a certificate of the JKS store is not X.509");
  }
  TRY(der, from.counted(4));
  return std::string(der);
}

using digest = std::array<unsigned char, digest_size>;

digest sha1(std::string_view first, std::string_view second) {
  digest value{};
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> made(EVP_MD_CTX_new(),
                                                                     EVP_MD_CTX_free);
  EVP_DigestInit_ex(made.get(), EVP_sha1(), nullptr);
  EVP_DigestUpdate(made.get(), first.data(), first.size());
  EVP_DigestUpdate(made.get(), second.data(), second.size());
  EVP_DigestFinal_ex(made.get(), value.data(), nullptr);
  return value;
}

std::string_view text_of(const digest& value) {
  return {reinterpret_cast<const char*>(value.data()), value.size()};
}

/// The password as Java's chars: two bytes each. Only what is one byte in UTF-8 is known here.
base::secret as_chars(const base::secret& password) {
  std::string chars;
  chars.reserve(2 * password.reveal().size());
  for (const char byte : password.reveal()) {
    chars.push_back('\0');
    chars.push_back(byte);
  }
  base::secret secret(chars);
  std::fill(chars.begin(), chars.end(), '\0');
  return secret;
}

/// Salt, the key hidden under a chain of digests of password and salt, and a digest to check it by.
result<base::secret> uncover(std::string_view hidden, const base::secret& password) {
  if (hidden.size() < 2 * digest_size) return unreadable("the key of the JKS store is cut off");
  const auto chars = as_chars(password);
  const auto covered = hidden.substr(digest_size, hidden.size() - 2 * digest_size);
  std::string plain;
  plain.reserve(covered.size());
  auto mask = sha1(chars.reveal(), hidden.substr(0, digest_size));
  for (std::size_t index = 0; index < covered.size(); ++index) {
    if (index > 0 && index % digest_size == 0) mask = sha1(chars.reveal(), text_of(mask));
    plain.push_back(
        static_cast<char>(static_cast<unsigned char>(covered[index]) ^ mask[index % digest_size]));
  }
  const bool is_right =
      text_of(sha1(chars.reveal(), plain)) == hidden.substr(hidden.size() - digest_size);
  base::secret key(plain);
  std::fill(plain.begin(), plain.end(), '\0');
  if (!is_right) return unreadable("the password of the JKS store is wrong");
  return key;
}

result<base::secret> read_key(std::string_view der, const base::secret& password) {
  const auto* start = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<X509_SIG, decltype(&X509_SIG_free)> parsed(
      d2i_X509_SIG(nullptr, &start, static_cast<long>(der.size())), X509_SIG_free);
  ERR_clear_error();
  if (!parsed) return unreadable("the key of the JKS store is malformed");
  const X509_ALGOR* algorithm = nullptr;
  const ASN1_OCTET_STRING* hidden = nullptr;
  X509_SIG_get0(parsed.get(), &algorithm, &hidden);
  std::array<char, 80> name{};
  OBJ_obj2txt(name.data(), static_cast<int>(name.size()), algorithm->algorithm, 1);
  if (name.data() != key_protector)
    return unreadable("the key of the JKS store is protected in an unknown way");
  return uncover({reinterpret_cast<const char*>(ASN1_STRING_get0_data(hidden)),
                  static_cast<std::size_t>(ASN1_STRING_length(hidden))},
                 password);
}

}  // namespace

result<key_store> read_jks(std::string_view bytes, const base::secret& password) {
  reader from(bytes);
  TRY(magic, from.number(4));
  TRY(version, from.number(4));
  if (magic != 0xFEEDFEED || version < 1 || version > 2)
    return unreadable("it is neither PEM nor JKS nor PKCS#12");
  TRY(count, from.number(4));
  if (count > most_store_entries) return unreadable("the JKS store has too many entries");
  key_store store;
  for (std::size_t done = 0; done < count; ++done) {
    TRY(kind, from.number(4));
    TRY_VOID(from.counted(2));  // alias
    TRY_VOID(from.take(8));     // when it was made
    if (kind == 2) {
      TRY(certificate, read_certificate(from, version));
      store.authorities.push_back(std::move(certificate));
      continue;
    }
    if (kind != 1) return unreadable("the JKS store has an entry of an unknown kind");
    TRY(hidden, from.counted(4));
    TRY(length, from.number(4));
    if (length > most_store_entries) return unreadable("a chain in the JKS store is too long");
    std::vector<std::string> chain;
    for (std::size_t link = 0; link < length; ++link) {
      TRY(certificate, read_certificate(from, version));
      chain.push_back(std::move(certificate));
    }
    if (!store.key.empty()) continue;
    TRY(key, read_key(hidden, password));
    store.key = std::move(key);
    store.chain = std::move(chain);
  }
  return store;
}

}  // namespace helenus::net
