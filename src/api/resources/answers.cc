#include "api/resources/answers.h"

namespace helenus::api {

http::response json_answer(json_writer body, int status) {
  return {.status = status, .content_type = "application/json", .body = body.take()};
}

http::response located(int status, const http::request& asked, const std::string& path) {
  http::response answer{.status = status};
  answer.headers.push_back({"Location", asked.base_url() + path});
  return answer;
}

}  // namespace helenus::api
