#pragma once

#include "base/result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace helenus::http {

/// Named values of a query or of a form, decoded, in the order in which they were sent.
class parameters {
 public:
  /// The first value of that name; a repeated name is not an error, its other values are ignored.
  std::optional<std::string_view> first(std::string_view name) const;
  /// Every value of that name.
  std::vector<std::string> all(std::string_view name) const;
  /// The name of every value.
  std::vector<std::string> names() const;
  void add(std::string name, std::string value);
  std::size_t size() const { return values_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

/// More parameters than this are refused: no request of ours has more than thirty.
constexpr std::size_t max_parameters = 256;

/// A request target, decoded. Every text in it is valid UTF-8 without control characters of the C0
/// set, so that names of peers cannot break logs and JSON.
struct target {
  std::vector<std::string> path;  ///< the segments; "/a/b/" is {"a", "b"}, "/" is {}
  parameters query;
};

/// Parses origin-form ("/a?b=c"), absolute-form ("http://host/a?b=c") and "*".
/// Errors: errc::bad_target, whose detail says what is wrong.
result<target> parse_target(std::string_view text);

/// Parses "a=b&c=d" of a query or of an application/x-www-form-urlencoded body ('+' is a space).
/// Errors: errc::bad_target, whose detail names the parameter.
result<parameters> parse_parameters(std::string_view text);

/// A path segment as it stands in a URL: everything but letters, digits and "-._~" is encoded.
std::string percent_encode(std::string_view text);

}  // namespace helenus::http
