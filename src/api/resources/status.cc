#include "api/resources/status.h"

#include "api/resources/answers.h"

namespace helenus::api {

task<http::response> get_datacenter_availability(services& with, const http::request&) {
  json_writer out;
  out.begin_object().key("datacenterAvailability").text(with.availability).end_object();
  co_return json_answer(std::move(out));
}

}  // namespace helenus::api
