#include "net/tls_stream.h"

#include "net/errc.h"
#include "net/tcp_stream.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace helenus::net {

namespace asio = boost::asio;

namespace {

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

/// Failures of the certificate check that are about the name, not about the chain.
bool about_the_name(long verdict) {
  return verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH;
}

/// The reasons OpenSSL gives for first bytes that are no TLS record.
bool about_the_protocol(int reason) {
  return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
         reason == SSL_R_HTTPS_PROXY_REQUEST || reason == SSL_R_PACKET_LENGTH_TOO_LONG ||
         reason == SSL_R_UNEXPECTED_MESSAGE || reason == SSL_R_UNKNOWN_PROTOCOL ||
         reason == SSL_R_BAD_RECORD_TYPE || reason == SSL_R_RECORD_LENGTH_MISMATCH;
}

error openssl_error(SSL* connection, unsigned long code) {
  const int reason = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0;
  const char* text = ERR_reason_error_string(code);
  const std::string said = text ? text : "unknown failure";
  // First of all: the library's own code may name a detail of the check, such as a bad signature.
  const long verdict = SSL_get_verify_result(connection);
  if (verdict != X509_V_OK && (SSL_get_verify_mode(connection) & SSL_VERIFY_PEER) != 0) {
    const char* sentence = X509_verify_cert_error_string(verdict);
    if (about_the_name(verdict)) return {errc::tls_wrong_name, sentence};
    return {errc::tls_untrusted, sentence};
  }
  if (reason >= SSL_AD_REASON_OFFSET) return {errc::tls_rejected, "the peer said: " + said};
  if (about_the_protocol(reason)) return {errc::not_tls, said};
  return {errc::tls_failed, said};
}

}  // namespace

error tls_stream::failed(const boost::system::error_code& failure, const char* where) {
  if (!stream_.lowest_layer().is_open()) return errc::closed;
  if (failure == asio::ssl::error::stream_truncated) return errc::closed_by_peer;
  if (failure.category() != asio::error::get_ssl_category()) return socket_error(failure);
  auto found = openssl_error(stream_.native_handle(), static_cast<unsigned long>(failure.value()));
  return base::with_context(std::move(found), where);
}

task<void> tls_stream::handshake(std::string host) {
  SSL* connection = stream_.native_handle();
  const std::string& name = context_->expected_name().empty() ? host : context_->expected_name();
  boost::system::error_code no_address;
  asio::ip::make_address(name, no_address);
  const bool is_address = !no_address;
  // Server Name Indication is for names only (RFC 6066).
  if (!is_address) SSL_set_tlsext_host_name(connection, name.c_str());
  if (context_->verification() == tls_verification::chain_and_name) {
    auto* checks = SSL_get0_param(connection);
    const int accepted = is_address ? X509_VERIFY_PARAM_set1_ip_asc(checks, name.c_str())
                                    : X509_VERIFY_PARAM_set1_host(checks, name.c_str(), 0);
    if (accepted != 1) {
      ERR_clear_error();
      co_return error{errc::tls_wrong_name, "not a name that a certificate can have: " + name};
    }
  }
  const auto [failure] =
      co_await stream_.async_handshake(asio::ssl::stream_base::client, as_values);
  if (failure == asio::error::operation_aborted && stream_.lowest_layer().is_open()) {
    throw boost::system::system_error(failure);
  }
  if (!failure) co_return result<void>{};
  auto why = failed(failure, "TLS handshake");
  if (why.code == errc::closed_by_peer || why.code == errc::connection_lost) {
    // What a plain server does with the first bytes of TLS, as well as one that dislikes us.
    why = error{errc::not_tls, "the peer closed the connection during the TLS handshake"};
  }
  co_return why;
}

task<std::size_t> tls_stream::read_some(std::span<std::byte> into) {
  const auto [failure, size] =
      co_await stream_.async_read_some(asio::buffer(into.data(), into.size()), as_values);
  if (failure == asio::error::operation_aborted && stream_.lowest_layer().is_open()) {
    throw boost::system::system_error(failure);
  }
  if (failure) co_return failed(failure, "TLS");
  co_return size;
}

task<void> tls_stream::write(std::span<const std::byte> bytes) {
  const auto [failure, size] =
      co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()), as_values);
  if (failure == asio::error::operation_aborted && stream_.lowest_layer().is_open()) {
    throw boost::system::system_error(failure);
  }
  if (failure) co_return failed(failure, "TLS");
  co_return result<void>{};
}

task<void> tls_stream::wait_readable() {
  if (SSL_pending(stream_.native_handle()) > 0) co_return result<void>{};
  const auto [failure] =
      co_await stream_.next_layer().async_wait(asio::socket_base::wait_read, as_values);
  if (failure == asio::error::operation_aborted && stream_.lowest_layer().is_open()) {
    throw boost::system::system_error(failure);
  }
  if (failure) co_return socket_error(failure);
  co_return result<void>{};
}

bool tls_stream::quiet() {
  return stream_.next_layer().is_open() && SSL_pending(stream_.native_handle()) == 0 &&
         is_quiet(stream_.next_layer());
}

task<void> tls_stream::close() {
  // The peer's own goodbye is not waited for: it may never come, and nothing depends on it.
  static_cast<void>(co_await stream_.async_shutdown(as_values));
  abort();
  co_return result<void>{};
}

void tls_stream::abort() noexcept {
  boost::system::error_code ignored;
  stream_.lowest_layer().close(ignored);
}

}  // namespace helenus::net
