#include "http/cross_origin.h"

#include <algorithm>
#include <string_view>

namespace helenus::http {
namespace {

constexpr std::string_view allowed_methods = "OPTIONS,GET,PUT,POST,DELETE,HEAD,PATCH";
constexpr std::string_view allowed_headers =
    "X-Requested-With,Content-Type,Accept,Origin,Authorization";
constexpr const char* preflight_seconds = "1800";

/// The next item of a comma list, without blanks around it; it is removed from `list`.
std::string_view take_item(std::string_view& list) {
  const auto end = std::min(list.find(','), list.size());
  auto item = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  while (item.starts_with(' ') || item.starts_with('\t')) item.remove_prefix(1);
  while (item.ends_with(' ') || item.ends_with('\t')) item.remove_suffix(1);
  return item;
}

bool is_in(std::string_view wanted, std::string_view list) {
  while (!list.empty()) {
    if (same_ignoring_case(take_item(list), wanted)) return true;
  }
  return false;
}

bool all_in(std::string_view wanted, std::string_view list) {
  while (!wanted.empty()) {
    const auto item = take_item(wanted);
    if (!item.empty() && !is_in(item, list)) return false;
  }
  return true;
}

}  // namespace

void allow_cross_origin(const request& asked, response& answer) {
  const auto origin = asked.header_value("Origin");
  if (!origin) return;
  const auto verb = asked.header_value("Access-Control-Request-Method");
  const bool preflight = asked.verb == method::options && verb;
  if (preflight && (!is_in(*verb, allowed_methods) ||
                    !all_in(asked.header_value("Access-Control-Request-Headers").value_or(""),
                            allowed_headers))) {
    return;
  }
  answer.headers.push_back({"Access-Control-Allow-Origin", std::string(*origin)});
  answer.headers.push_back({"Access-Control-Allow-Credentials", "true"});
  if (!preflight) return;
  answer.headers.push_back({"Access-Control-Max-Age", preflight_seconds});
  answer.headers.push_back({"Access-Control-Allow-Methods", std::string(allowed_methods)});
  answer.headers.push_back({"Access-Control-Allow-Headers", std::string(allowed_headers)});
}

}  // namespace helenus::http
