#pragma once

#include "base/errc.h"

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <string>
#include <utility>

namespace helenus::base {

/// An expected failure: what kind it is, and a sentence for people.
///
/// `detail` is never parsed. Text that a peer sent is preceded by `remote:`. Secrets never enter
/// it.
struct error {
  boost::system::error_code code;
  std::string detail;

  error() = default;
  // Implicit, so that `return errc::not_found;` is an error.
  error(boost::system::error_code failure, std::string text = {})
      : code(failure), detail(std::move(text)) {}
  template <class Enum>
    requires boost::system::is_error_code_enum<Enum>::value
  error(Enum failure, std::string text = {}) : code(failure), detail(std::move(text)) {}

  /// "detail" or, without one, the sentence of the code.
  std::string message() const { return detail.empty() ? code.message() : detail; }

  friend bool operator==(const error& left, const error& right) { return left.code == right.code; }
};

/// A value or the error that took its place.
template <class Value>
using result = boost::system::result<Value, error>;

/// Whether trying the same thing again later may help.
bool is_transient(const error& failure) noexcept;

/// The same failure with the step that failed put in front: "step: detail".
error with_context(error failure, std::string_view step);

/// Called by `result<T>::value()` on an error: taking a value that is not there is a bug.
[[noreturn]] void throw_exception_from_error(const error& failure,
                                             const boost::source_location& where);

}  // namespace helenus::base

namespace helenus {
using base::error;
using base::result;
}  // namespace helenus

#define HELENUS_JOIN_2(a, b) a##b
#define HELENUS_JOIN(a, b) HELENUS_JOIN_2(a, b)
#define HELENUS_TRY_2(temporary, keyword, variable, ...)            \
  auto temporary = (__VA_ARGS__);                                   \
  if (!temporary.has_value()) keyword std::move(temporary).error(); \
  auto variable = std::move(*temporary)
#define HELENUS_TRY_VOID_2(temporary, keyword, ...) \
  if (auto temporary = (__VA_ARGS__); !temporary.has_value()) keyword std::move(temporary).error()

/// `CO_TRY(node, co_await connector.connect(endpoint));` defines `node`, or returns the error.
#define CO_TRY(variable, ...) \
  HELENUS_TRY_2(HELENUS_JOIN(try_result_, __LINE__), co_return, variable, __VA_ARGS__)
/// As CO_TRY, for a result without a value or whose value is not needed.
#define CO_TRY_VOID(...) \
  HELENUS_TRY_VOID_2(HELENUS_JOIN(try_result_, __LINE__), co_return, __VA_ARGS__)
/// As CO_TRY, in a function that is not a coroutine.
#define TRY(variable, ...) \
  HELENUS_TRY_2(HELENUS_JOIN(try_result_, __LINE__), return, variable, __VA_ARGS__)
/// As CO_TRY_VOID, in a function that is not a coroutine.
#define TRY_VOID(...) HELENUS_TRY_VOID_2(HELENUS_JOIN(try_result_, __LINE__), return, __VA_ARGS__)
