#pragma once

#include "base/result.h"
#include "jmx/object/value.h"
#include "jmx/rmi/remote_exception.h"

#include <utility>
#include <variant>

namespace helenus::jmx {

/// What a remote call gave: nothing, a boolean, a value, or the exception that it threw.
class reply {
 public:
  reply() = default;  ///< a void method returned
  explicit reply(bool answer) : data_(answer) {}
  explicit reply(value answer) : data_(std::move(answer)) {}
  explicit reply(remote_exception thrown) : data_(std::move(thrown)) {}

  /// The exception that the call threw; null when it returned.
  const remote_exception* exception() const { return std::get_if<remote_exception>(&data_); }
  /// The value; null for a void method; the exception as an error.
  result<value> outcome() const;
  /// The answer of a boolean method.
  result<bool> boolean() const;

 private:
  std::variant<std::monostate, bool, value, remote_exception> data_;
};

}  // namespace helenus::jmx
