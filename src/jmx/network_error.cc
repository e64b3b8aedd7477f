#include "jmx/network_error.h"

#include "jmx/errc.h"
#include "net/errc.h"

namespace helenus::jmx {
namespace {

errc counterpart(net::errc cause) {
  switch (cause) {
    case net::errc::refused:
      return errc::refused;
    case net::errc::unreachable:
    case net::errc::no_permission:
    case net::errc::too_many_files:
      return errc::unreachable;
    case net::errc::connect_timed_out:
      return errc::connect_timed_out;
    case net::errc::name_not_found:
    case net::errc::name_lookup_failed:
      return errc::unresolved;
    case net::errc::tls_handshake_timed_out:
      return errc::tls_timed_out;
    case net::errc::not_tls:
    case net::errc::tls_untrusted:
    case net::errc::tls_wrong_name:
    case net::errc::tls_rejected:
    case net::errc::tls_failed:
    case net::errc::certificate_unreadable:
      return errc::tls_failed;
    case net::errc::closed_by_peer:
    case net::errc::connection_lost:
    case net::errc::closed:
      break;
  }
  return errc::closed;
}

}  // namespace

error from_network(error failure) {
  if (failure.code.category() != net::category()) return failure;
  // The sentence of net is the more precise one where there is no detail.
  auto text = failure.message();
  return {counterpart(static_cast<net::errc>(failure.code.value())), std::move(text)};
}

bool is_lost_connection(const error& failure) noexcept {
  return failure.code == errc::closed || failure.code == errc::malformed ||
         failure.code == errc::limit_exceeded || failure.code == errc::call_timed_out;
}

}  // namespace helenus::jmx
