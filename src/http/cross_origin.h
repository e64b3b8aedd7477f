#pragma once

#include "http/message.h"

namespace helenus::http {

/// Lets scripts of any web page read an answer (CORS): adds to `answer` what a browser wants to see
/// when the request has an Origin. A preflight is allowed for the methods and headers of the API
/// only. Pure.
void allow_cross_origin(const request& asked, response& answer);

}  // namespace helenus::http
