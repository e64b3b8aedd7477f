#pragma once

#include "base/result.h"
#include "http/message.h"

namespace helenus::api {

/// The HTTP status of an error: the one place where it is chosen. Pure.
int status_of(const error& failure);

/// The answer to an error. Text for people goes under application/json, unquoted, because that is
/// what clients of Reaper read; errors of the framework kind are JSON objects. An error that nobody
/// expects is logged under an id, and the answer only names the id.
http::response to_response(const error& failure);

}  // namespace helenus::api
