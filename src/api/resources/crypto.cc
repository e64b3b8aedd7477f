#include "api/resources/crypto.h"

namespace helenus::api {

task<http::response> get_encrypted(services& with, const http::request& asked) {
  CO_TRY(hidden, with.cryptograph.encrypt(base::secret(asked.path_parameters.at(0))));
  co_return http::response{
      .status = 200, .content_type = "text/plain", .body = std::string(hidden.reveal())};
}

}  // namespace helenus::api
