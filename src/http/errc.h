#pragma once

#include "base/errc.h"

namespace helenus::http {

/// What HTTP itself can complain about.
enum class errc {
  bad_target = 1,  ///< the request target is not a path and a query that can be decoded
  bad_message,     ///< what the peer sent is not HTTP
  head_too_large,  ///< the head of a message is larger than the limit
  body_too_large,  ///< the body of a message is larger than the limit
  unknown_coding,  ///< a body is in a Content-Encoding that is not read
  too_slow,        ///< the peer did not send or take a message in the time allowed
};

const base::category& http_category() noexcept;
boost::system::error_code make_error_code(errc value) noexcept;

}  // namespace helenus::http

template <>
struct boost::system::is_error_code_enum<helenus::http::errc> : std::true_type {};
