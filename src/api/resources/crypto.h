#pragma once

#include "api/services.h"
#include "base/task.h"
#include "http/message.h"

namespace helenus::api {

/// GET /crypto/encrypt/{text}: the text as it may stand in the configuration; without a cryptograph
/// as it came.
task<http::response> get_encrypted(services& with, const http::request& asked);

}  // namespace helenus::api
