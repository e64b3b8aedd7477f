#pragma once

#include "base/result.h"
#include "base/uuid.h"
#include "http/target.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace helenus::api {

/// The value of an optional parameter; a blank one counts as absent.
std::optional<std::string> optional_text(const http::parameters& from, std::string_view name);
/// The value of a required parameter, or bad_parameter.
result<std::string> required_text(const http::parameters& from, std::string_view name);

/// A whole number, or not_an_integer. Range is the caller's to check.
result<std::optional<std::int32_t>> optional_integer(const http::parameters& from,
                                                     std::string_view name);
/// `true` or `false` in any case, or bad_parameter.
result<bool> strict_flag(const http::parameters& from, std::string_view name, bool otherwise);
/// `true` in any case is true, everything else false.
bool lenient_flag(const http::parameters& from, std::string_view name);

/// "a,b" and `["a", "b"]` alike; empty items are dropped.
std::set<std::string> comma_list(std::string_view text);
std::set<std::string> comma_list(const http::parameters& from, std::string_view name);

/// A UUID of a path: five groups of hexadecimal digits, shorter groups allowed ("1-1-1-1-1").
/// not_a_uuid otherwise.
result<base::uuid> parse_lenient_uuid(std::string_view text);

}  // namespace helenus::api
