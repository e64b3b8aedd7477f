#pragma once

#include "base/errc.h"

namespace helenus::api {

/// What can be wrong with a request before anything is asked of the engine.
enum class errc {
  bad_parameter = 1,  ///< missing or not accepted; the detail says which and what is accepted
  not_an_integer,     ///< a whole-number query parameter is something else
  not_a_uuid,         ///< a path segment that must be a UUID is something else
  unknown,            ///< what the path names does not exist; the detail says what
  conflict,           ///< the state of what is named does not allow it; the detail says why
  wrong_media_type,   ///< the content type of the body is not the one this route reads
};

const base::category& api_category() noexcept;
boost::system::error_code make_error_code(errc value) noexcept;

}  // namespace helenus::api

template <>
struct boost::system::is_error_code_enum<helenus::api::errc> : std::true_type {};
