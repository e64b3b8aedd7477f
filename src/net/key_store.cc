#include "net/key_store.h"

#include "net/errc.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <memory>
#include <utility>

namespace helenus::net {
namespace {

template <auto Free>
struct freed {
  template <class Object>
  void operator()(Object* object) const {
    Free(object);
  }
};
using certificate_pointer = std::unique_ptr<X509, freed<X509_free>>;
using key_pointer = std::unique_ptr<EVP_PKEY, freed<EVP_PKEY_free>>;
struct stack_freed {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};

error unreadable(std::string why) { return {errc::certificate_unreadable, std::move(why)}; }

std::string der_of(const X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  std::string der(size > 0 ? reinterpret_cast<char*>(bytes) : "", size > 0 ? std::size_t(size) : 0);
  OPENSSL_free(bytes);
  return der;
}

base::secret der_of(const EVP_PKEY* key) {
  std::unique_ptr<PKCS8_PRIV_KEY_INFO, freed<PKCS8_PRIV_KEY_INFO_free>> info(EVP_PKEY2PKCS8(key));
  unsigned char* bytes = nullptr;
  const int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), &bytes) : 0;
  if (size <= 0) return {};
  base::secret der(std::string_view(reinterpret_cast<char*>(bytes), std::size_t(size)));
  OPENSSL_clear_free(bytes, std::size_t(size));
  return der;
}

result<key_store> read_pkcs12(std::string_view bytes, const base::secret& password) {
  const auto* start = reinterpret_cast<const unsigned char*>(bytes.data());
  std::unique_ptr<PKCS12, freed<PKCS12_free>> file(
      d2i_PKCS12(nullptr, &start, static_cast<long>(bytes.size())));
  EVP_PKEY* key = nullptr;
  X509* own = nullptr;
  STACK_OF(X509)* others = nullptr;
  const std::string opened(password.reveal());
  const bool is_right = file && PKCS12_verify_mac(file.get(), opened.c_str(), -1) == 1;
  const bool is_read =
      is_right && PKCS12_parse(file.get(), opened.c_str(), &key, &own, &others) == 1;
  const key_pointer owned_key(key);
  const certificate_pointer owned_own(own);
  const std::unique_ptr<STACK_OF(X509), stack_freed> owned_others(others);
  ERR_clear_error();
  if (!file) return unreadable("it is neither PEM nor JKS nor PKCS#12");
  if (!is_right) return unreadable("the password of the PKCS#12 store is wrong");
  if (!is_read) return unreadable("the PKCS#12 store is protected in a way that is out of use");
  key_store store;
  if (owned_key) store.key = der_of(owned_key.get());
  if (owned_own) store.chain.push_back(der_of(owned_own.get()));
  for (int index = 0; owned_others && index < sk_X509_num(owned_others.get()); ++index) {
    auto& list = owned_key ? store.chain : store.authorities;
    list.push_back(der_of(sk_X509_value(owned_others.get(), index)));
  }
  return store;
}

}  // namespace

bool is_key_store(std::string_view bytes) {
  return bytes.starts_with("\xfe\xed\xfe\xed") || bytes.starts_with('\x30');
}

result<key_store> read_key_store(std::string_view bytes, const base::secret& password) {
  if (bytes.size() > largest_key_store) return unreadable("the key store is too large");
  return bytes.starts_with('\x30') ? read_pkcs12(bytes, password) : read_jks(bytes, password);
}

}  // namespace helenus::net
