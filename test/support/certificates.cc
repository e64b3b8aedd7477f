#include "support/certificates.h"

#include "base/assert.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace helenus::test {
namespace {

constexpr long valid_seconds = 3600;

struct file_closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using file_handle = std::unique_ptr<std::FILE, file_closer>;

file_handle open_to_write(const std::filesystem::path& path) {
  file_handle file(std::fopen(path.c_str(), "w"));
  HELENUS_ASSERT(file != nullptr);
  return file;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& text) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  auto* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, text.c_str());
  HELENUS_ASSERT(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

bool is_address(const std::string& name) {
  return name.find(':') != std::string::npos ||
         name.find_first_not_of("0123456789.") == std::string::npos;
}

}  // namespace

struct certificates::identity {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();

  identity() = default;
  ~identity() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  identity(const identity&) = delete;
  identity& operator=(const identity&) = delete;

  /// Fills in and signs; without an issuer it signs itself.
  void certify(const std::string& name, long serial, const identity* issuer) {
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -valid_seconds);
    X509_gmtime_adj(X509_getm_notAfter(certificate), valid_seconds);
    X509_set_pubkey(certificate, key);
    auto* subject = X509_get_subject_name(certificate);
    const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0);
    const auto& signer = issuer ? *issuer : *this;
    X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate));
    if (issuer) {
      add_extension(certificate, signer.certificate, NID_subject_alt_name,
                    (is_address(name) ? "IP:" : "DNS:") + name);
    } else {
      add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
    }
    HELENUS_ASSERT(X509_sign(certificate, signer.key, EVP_sha256()) > 0);
  }
};

certificates::certificates() {
  std::string name = (std::filesystem::temp_directory_path() / "helenus-XXXXXX").string();
  HELENUS_ASSERT(::mkdtemp(name.data()) != nullptr);
  folder_ = name;
  authority_ = std::make_unique<identity>();
  authority_->certify("Helenus test authority", serial_++, nullptr);
  ca_ = write("ca", *authority_, {});
}

certificates::~certificates() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

certificates::files certificates::issue(const std::string& name, const std::string& password) {
  identity made;
  made.certify(name, serial_, authority_.get());
  return write("issued-" + std::to_string(serial_++), made, password);
}

certificates::files certificates::write(const std::string& file_name, const identity& who,
                                        const std::string& password) {
  const auto certificate = folder_ / (file_name + ".pem");
  const auto key = folder_ / (file_name + ".key");
  PEM_write_X509(open_to_write(certificate).get(), who.certificate);
  const auto* bytes = reinterpret_cast<const unsigned char*>(password.data());
  PEM_write_PrivateKey(open_to_write(key).get(), who.key,
                       password.empty() ? nullptr : EVP_aes_128_cbc(), bytes,
                       static_cast<int>(password.size()), nullptr, nullptr);
  if (password.empty()) return {certificate.string(), key.string(), {}};
  const auto secret = folder_ / (file_name + ".password");
  std::ofstream(secret) << password << "\n";
  return {certificate.string(), key.string(), secret.string()};
}

}  // namespace helenus::test
