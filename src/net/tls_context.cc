#include "net/tls_context.h"

#include "base/secret_file.h"
#include "net/errc.h"
#include "net/key_store.h"

#include <boost/asio/ssl/context.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace helenus::net {
namespace {

namespace ssl = boost::asio::ssl;

error unreadable(std::string_view what, const std::string& file,
                 const boost::system::error_code& why) {
  return {errc::certificate_unreadable,
          std::string(what) + " " + (file.empty() ? "of the system" : file) + ": " + why.message()};
}

/// The bytes of a file if they are a key store.
result<std::optional<std::string>> store_in(std::string_view what, const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string bytes(4, '\0');
  stream.read(bytes.data(), 4);
  // What cannot be read is told by whoever reads it as PEM.
  if (!stream || !is_key_store(bytes)) return std::optional<std::string>();
  bytes.append(std::istreambuf_iterator<char>(stream), {});
  if (bytes.size() > largest_key_store)
    return error{errc::certificate_unreadable, std::string(what) + " " + file + ": too large"};
  return std::optional(std::move(bytes));
}

result<void> use(ssl::context& context, std::string_view what, const std::string& file,
                 const boost::system::error_code& failed) {
  if (failed) return unreadable(what, file, failed);
  if (SSL_CTX_check_private_key(context.native_handle()) == 1) return {};
  ERR_clear_error();
  return error{errc::certificate_unreadable, "key " + file + " does not belong to its certificate"};
}

result<void> use_own_store(ssl::context& context, const std::string& file, std::string_view bytes,
                           const base::secret& password) {
  auto store = read_key_store(bytes, password);
  if (!store) return base::with_context(std::move(store).error(), "key store " + file);
  if (store->chain.empty() || store->key.empty())
    return error{errc::certificate_unreadable, "key store " + file + ": it holds no key"};
  boost::system::error_code failed;
  const auto& own = store->chain.front();
  context.use_certificate({own.data(), own.size()}, ssl::context::asn1, failed);
  for (std::size_t link = 1; link < store->chain.size() && !failed; ++link) {
    const auto* start = reinterpret_cast<const unsigned char*>(store->chain[link].data());
    X509* signer = d2i_X509(nullptr, &start, static_cast<long>(store->chain[link].size()));
    if (signer == nullptr || SSL_CTX_add0_chain_cert(context.native_handle(), signer) != 1)
      return error{errc::certificate_unreadable, "key store " + file + ": its chain is malformed"};
  }
  const auto key = store->key.reveal();
  if (!failed) context.use_private_key({key.data(), key.size()}, ssl::context::asn1, failed);
  return use(context, "key store", file, failed);
}

result<void> load_own_certificate(ssl::context& context, const tls_client_options& options,
                                  const base::secret& password) {
  TRY(store, store_in("key store", options.certificate_file));
  if (store) return use_own_store(context, options.certificate_file, *store, password);
  boost::system::error_code failed;
  context.use_certificate_chain_file(options.certificate_file, failed);
  if (failed) return unreadable("certificate", options.certificate_file, failed);
  const auto& key = options.key_file.empty() ? options.certificate_file : options.key_file;
  context.use_private_key_file(key, ssl::context::pem, failed);
  return use(context, "key", key, failed);
}

result<void> trust_store(ssl::context& context, const std::string& file, std::string_view bytes,
                         const base::secret& password) {
  auto store = read_key_store(bytes, password);
  if (!store) return base::with_context(std::move(store).error(), "trust store " + file);
  auto trusted = std::move(store->authorities);
  // As with Java: a store with a key trusts the certificate of that key.
  if (!store->chain.empty()) trusted.push_back(std::move(store->chain.front()));
  if (trusted.empty())
    return error{errc::certificate_unreadable,
                 "trust store " + file + ": it holds no trusted certificate"};
  for (const auto& der : trusted) {
    const auto* start = reinterpret_cast<const unsigned char*>(der.data());
    X509* authority = d2i_X509(nullptr, &start, static_cast<long>(der.size()));
    const bool is_added =
        authority != nullptr &&
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context.native_handle()), authority) == 1;
    X509_free(authority);
    ERR_clear_error();
    if (!is_added)
      return error{errc::certificate_unreadable, "trust store " + file + ": it is malformed"};
  }
  return {};
}

/// What the file says, if one is named.
result<base::secret> password_in(const char* what, const std::string& file,
                                 const base::secret& otherwise) {
  if (file.empty()) return otherwise;
  auto read = base::read_secret_file(file, what);
  if (!read) return error{errc::certificate_unreadable, read.error().message()};
  return std::move(*read);
}

result<void> load_authorities(ssl::context& context, const tls_client_options& options) {
  boost::system::error_code failed;
  if (options.ca_file.empty()) {
    context.set_default_verify_paths(failed);
  } else {
    TRY(store, store_in("trust store", options.ca_file));
    if (store) {
      TRY(password,
          password_in("trust store password file", options.ca_password_file, options.ca_password));
      return trust_store(context, options.ca_file, *store, password);
    }
    context.load_verify_file(options.ca_file, failed);
  }
  if (failed) return unreadable("CA file", options.ca_file, failed);
  return {};
}

// Who connects by address (the CQL driver) has OpenSSL compare the address as well. Where a name
// was agreed on, or none matters, another address in the certificate is no fault.
int accept_other_address(int good, X509_STORE_CTX* checked) {
  if (good == 1 || X509_STORE_CTX_get_error(checked) != X509_V_ERR_IP_ADDRESS_MISMATCH) return good;
  X509_STORE_CTX_set_error(checked, X509_V_OK);
  return 1;
}

void set_verification(SSL_CTX* context, const tls_client_options& options) {
  if (!options.expected_name.empty())
    X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(context), options.expected_name.c_str(), 0);
  const bool by_address =
      options.verification == tls_verification::chain_and_name && options.expected_name.empty();
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, by_address ? nullptr : accept_other_address);
}

}  // namespace

tls_context::tls_context() = default;
tls_context::~tls_context() = default;

/// What both sides have in common: our own certificate, and the authorities that the other's must
/// be signed by.
result<void> tls_context::load_files(const tls_client_options& options) {
  auto& context = *context_;
  boost::system::error_code failed;
  // TLS 1.0 and 1.1 are out of use everywhere Cassandra runs; OpenSSL's default list of ciphers
  // holds.
  context.set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1, failed);
  TRY(key_password,
      password_in("key password file", options.key_password_file, options.key_password));
  // Without a callback OpenSSL would ask for the password of an encrypted key on the terminal.
  context.set_password_callback(
      [password = key_password](std::size_t, ssl::context::password_purpose) {
        return std::string(password.reveal());
      },
      failed);
  if (!options.certificate_file.empty())
    TRY_VOID(load_own_certificate(context, options, key_password));
  if (options.verification == tls_verification::none) {
    context.set_verify_mode(ssl::verify_none, failed);
  } else {
    TRY_VOID(load_authorities(context, options));
  }
  if (failed) return error{errc::tls_failed, failed.message()};
  return {};
}

result<std::shared_ptr<const tls_context>> tls_context::load(const tls_client_options& options) {
  std::shared_ptr<tls_context> loaded(new tls_context);
  loaded->verification_ = options.verification;
  loaded->expected_name_ = options.expected_name;
  loaded->context_ = std::make_unique<ssl::context>(ssl::context::tls_client);
  TRY_VOID(loaded->load_files(options));
  if (options.verification != tls_verification::none)
    set_verification(loaded->context_->native_handle(), options);
  return std::shared_ptr<const tls_context>(std::move(loaded));
}

result<std::shared_ptr<const tls_context>> tls_context::load(const tls_server_options& options) {
  std::shared_ptr<tls_context> loaded(new tls_context);
  loaded->context_ = std::make_unique<ssl::context>(ssl::context::tls_server);
  const bool asks = options.clients != client_certificate::unasked;
  loaded->verification_ = asks ? tls_verification::chain : tls_verification::none;
  TRY_VOID(loaded->load_files({.ca_file = options.ca_file,
                               .certificate_file = options.certificate_file,
                               .key_file = options.key_file,
                               .key_password_file = options.key_password_file,
                               .verification = loaded->verification_,
                               .ca_password_file = options.ca_password_file,
                               .ca_password = options.ca_password,
                               .key_password = options.key_password}));
  SSL_CTX* native = loaded->context_->native_handle();
  if (options.only_tls13) SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION);
  if (asks) {
    const bool needed = options.clients == client_certificate::needed;
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER | (needed ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                       nullptr);
    // Without it OpenSSL refuses to resume a session whose client was verified.
    constexpr unsigned char sessions_of[] = "helenus";
    SSL_CTX_set_session_id_context(native, sessions_of, sizeof sessions_of);
  }
  return std::shared_ptr<const tls_context>(std::move(loaded));
}

}  // namespace helenus::net
