#include "jmx/errc.h"

namespace helenus::jmx {
namespace {

constexpr base::errc_entry table[] = {
    {int(errc::refused), true, "the JMX port refuses connections"},
    {int(errc::unreachable), true, "the node cannot be reached"},
    {int(errc::unresolved), true, "the host name is not known"},
    {int(errc::connect_timed_out), true, "timed out connecting"},
    {int(errc::tls_timed_out), true, "timed out in the TLS handshake"},
    {int(errc::handshake_timed_out), true, "timed out waiting for a JRMP answer"},
    {int(errc::lookup_timed_out), true, "timed out waiting for the JMX registry"},
    {int(errc::login_timed_out), true, "timed out logging in"},
    {int(errc::call_timed_out), true, "timed out waiting for the answer of a call"},
    {int(errc::tls_failed), false, "TLS failed"},
    {int(errc::not_jmx), false, "the port does not speak JMX"},
    {int(errc::authentication_failed), false, "the JMX server refused user or password"},
    {int(errc::access_denied), false, "the JMX user is not allowed to do this"},
    {int(errc::not_bound), true, "the registry knows no JMX server"},
    {int(errc::no_such_object), true, "the JMX server no longer knows this session"},
    {int(errc::no_such_mbean), false, "there is no such MBean"},
    {int(errc::remote_exception), false, "the call threw an exception on the server"},
    {int(errc::limit_exceeded), false, "the answer exceeds a limit"},
    {int(errc::malformed), false, "the answer is malformed"},
    {int(errc::closed), true, "the server closed the connection"},
    {int(errc::wrong_type), false, "a value has an unexpected type"},
    {int(errc::invalid_name), false, "not a valid ObjectName"},
    {int(errc::server_restarted), true, "the JMX server was restarted"},
};

}  // namespace

const base::category& category() noexcept {
  static const base::table_category instance("helenus.jmx", table);
  return instance;
}

boost::system::error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), category()};
}

}  // namespace helenus::jmx
