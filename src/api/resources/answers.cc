#include "api/resources/answers.h"

#include "api/requests/parameters.h"

namespace helenus::api {

http::response json_answer(json_writer body, int status) {
  return {.status = status, .content_type = "application/json", .body = body.take()};
}

members wanted_members(const http::request& asked) {
  return lenient_flag(asked.target.query, "waiting") ? members::with_waiting : members::of_reaper;
}

http::response located(int status, const http::request& asked, const std::string& path) {
  http::response answer{.status = status};
  answer.headers.push_back({"Location", asked.base_url() + path});
  return answer;
}

}  // namespace helenus::api
