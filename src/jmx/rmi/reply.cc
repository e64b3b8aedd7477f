#include "jmx/rmi/reply.h"

#include "jmx/errc.h"

namespace helenus::jmx {

result<value> reply::outcome() const {
  if (const auto* thrown = exception()) return thrown->to_error();
  if (const auto* answer = std::get_if<value>(&data_)) return *answer;
  if (std::holds_alternative<bool>(data_)) {
    return error{errc::wrong_type, "expected an object, got a boolean"};
  }
  return value();
}

result<bool> reply::boolean() const {
  if (const auto* thrown = exception()) return thrown->to_error();
  if (const auto* answer = std::get_if<bool>(&data_)) return *answer;
  return error{errc::wrong_type, "expected a boolean"};
}

}  // namespace helenus::jmx
