#include "base/result.h"

#include "base/assert.h"
#include "base/log.h"

#include <boost/asio/error.hpp>

namespace helenus::base {

bool is_transient(const error& failure) noexcept {
  if (const auto* ours = dynamic_cast<const category*>(&failure.code.category())) {
    return ours->transient(failure.code.value());
  }
  // What the system or a library reports about a connection: the peer may come back.
  return failure.code == boost::asio::error::connection_refused ||
         failure.code == boost::asio::error::connection_reset ||
         failure.code == boost::asio::error::connection_aborted ||
         failure.code == boost::asio::error::broken_pipe ||
         failure.code == boost::asio::error::host_unreachable ||
         failure.code == boost::asio::error::network_unreachable ||
         failure.code == boost::asio::error::timed_out ||
         failure.code == boost::asio::error::try_again ||
         failure.code == boost::asio::error::host_not_found_try_again ||
         failure.code == boost::asio::error::eof;
}

error with_context(error failure, std::string_view step) {
  failure.detail = std::string(step) + ": " + failure.message();
  return failure;
}

void throw_exception_from_error(const error& failure, const boost::source_location& where) {
  write_log(level::error, "base", "a value was taken from an error",
            {{"error", failure.message()}});
  assertion_failed("result has a value", where.file_name(), static_cast<int>(where.line()));
}

}  // namespace helenus::base
