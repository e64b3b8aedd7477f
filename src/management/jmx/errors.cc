#include "management/jmx/errors.h"

#include "jmx/errc.h"
#include "management/errc.h"

namespace helenus::management::jmx {
namespace {

errc meaning(::helenus::jmx::errc failure) {
  using jmx_errc = ::helenus::jmx::errc;
  switch (failure) {
    case jmx_errc::refused:
    case jmx_errc::unreachable:
    case jmx_errc::unresolved:
    case jmx_errc::connect_timed_out:
    case jmx_errc::tls_timed_out:
    case jmx_errc::handshake_timed_out:
    case jmx_errc::lookup_timed_out:
    case jmx_errc::login_timed_out:
    case jmx_errc::not_bound:      // the node's JVM runs, but is not ready
    case jmx_errc::no_such_mbean:  // a starting node opens JMX before it registers its MBeans
      return errc::node_unreachable;
    case jmx_errc::tls_failed:
      return errc::tls_failed;
    case jmx_errc::not_jmx:
      return errc::not_a_node;
    case jmx_errc::authentication_failed:
      return errc::authentication_failed;
    case jmx_errc::access_denied:
    case jmx_errc::remote_exception:
      return errc::refused_by_node;
    case jmx_errc::call_timed_out:
      return errc::call_timed_out;
    case jmx_errc::no_such_object:
    case jmx_errc::closed:
    case jmx_errc::server_restarted:
      return errc::connection_lost;
    default:
      return errc::unexpected_answer;
  }
}

}  // namespace

error from_jmx(error failure) {
  if (failure.code.category() != ::helenus::jmx::category()) return failure;
  auto detail = failure.message();
  return {meaning(static_cast<::helenus::jmx::errc>(failure.code.value())), std::move(detail)};
}

}  // namespace helenus::management::jmx
