#pragma once

#include "base/result.h"
#include "base/secret.h"

#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace helenus::net {

/// What is checked of a server's certificate.
enum class tls_verification {
  chain_and_name,  ///< signed by a trusted authority, and issued for the host we asked for
  chain,           ///< signed by a trusted authority: what Java's JMX clients check
  none,            ///< nothing. Only for a test: anybody in between can read the password
};

/// How to be a TLS client. Files are PEM, JKS or PKCS#12, whatever they are called.
struct tls_client_options {
  std::string ca_file;            ///< trusted authorities; empty: those of the system
  std::string certificate_file;   ///< our certificate and its chain; empty: we have none
  std::string key_file;           ///< key of the certificate; empty: in certificate_file
  std::string key_password_file;  ///< its first line opens an encrypted key; empty: it has none
  tls_verification verification = tls_verification::chain_and_name;
  std::string expected_name;     ///< checked instead of the host we connect to, when set
  std::string ca_password_file;  ///< its first line opens ca_file when it is a key store
  base::secret ca_password;      ///< the same; used when there is no ca_password_file
  base::secret key_password;     ///< opens the key; used when there is no key_password_file
};

/// Whether a server wants to see a certificate of its clients.
enum class client_certificate { unasked, wanted, needed };

/// How to be a TLS server. Files are as those of a client.
struct tls_server_options {
  std::string certificate_file;   ///< our certificate and its chain
  std::string key_file;           ///< its key; empty: in certificate_file
  std::string key_password_file;  ///< its first line opens an encrypted key; empty: it has none
  std::string ca_file;            ///< authorities of clients; empty: those of the system
  client_certificate clients = client_certificate::unasked;
  bool only_tls13 = false;       ///< else TLS 1.2 is accepted as well
  std::string ca_password_file;  ///< its first line opens ca_file when it is a key store
  base::secret ca_password;      ///< the same; used when there is no ca_password_file
  base::secret key_password;     ///< opens the key; used when there is no key_password_file
};

/// Certificates, loaded once and shared by connections. Immutable.
class tls_context {
 public:
  /// Reads the files (blocking; a CA bundle takes about 25 ms). To pick up renewed certificates,
  /// load again. Errors: certificate_unreadable, which names the file.
  static result<std::shared_ptr<const tls_context>> load(const tls_client_options& options);
  static result<std::shared_ptr<const tls_context>> load(const tls_server_options& options);

  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;
  ~tls_context();

  /// For the TLS stream only; OpenSSL's context counts references even when it is const for us.
  boost::asio::ssl::context& native() const { return *context_; }
  tls_verification verification() const { return verification_; }
  const std::string& expected_name() const { return expected_name_; }

 private:
  tls_context();
  result<void> load_files(const tls_client_options& options);

  std::unique_ptr<boost::asio::ssl::context> context_;
  tls_verification verification_ = tls_verification::chain_and_name;
  std::string expected_name_;
};

}  // namespace helenus::net
