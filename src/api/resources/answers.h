#pragma once

#include "api/views/json_writer.h"
#include "api/views/waiting_view.h"
#include "http/message.h"

#include <string>

namespace helenus::api {

/// 200 (or another status) with a JSON body.
http::response json_answer(json_writer body, int status = 200);
/// Whether members of our own are wanted: `waiting=true` in the query.
members wanted_members(const http::request& asked);
/// No body, and where the thing is: an absolute URL as the client names this server.
http::response located(int status, const http::request& asked, const std::string& path);

}  // namespace helenus::api
