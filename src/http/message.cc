#include "http/message.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace helenus::http {
namespace {

constexpr std::array<std::pair<std::string_view, method>, 7> methods{{
    {"GET", method::get},
    {"HEAD", method::head},
    {"POST", method::post},
    {"PUT", method::put},
    {"PATCH", method::patch},
    {"DELETE", method::del},
    {"OPTIONS", method::options},
}};

constexpr std::array<std::pair<int, std::string_view>, 23> reasons{{
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {302, "Found"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Payload Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Entity"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
}};

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? char(letter + 32) : letter; }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The part up to `separator`, trimmed; the part and the separator are removed from `rest`.
std::string_view take_until(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const auto part = trimmed(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

/// Whether the parameters of an item ("q=0; level=1") say that it is not wanted.
bool is_refused(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto setting = take_until(parameters, ';');
    if (setting.starts_with("q=") || setting.starts_with("Q=")) {
      return std::strtod(std::string(setting.substr(2)).c_str(), nullptr) <= 0.0;
    }
  }
  return false;
}

bool range_matches(std::string_view range, std::string_view content_type) {
  if (range == "*/*" || range == "*") return true;
  const auto plain = trimmed(content_type.substr(0, content_type.find(';')));
  if (same_ignoring_case(range, plain)) return true;
  const auto slash = range.find('/');
  return slash != std::string_view::npos && range.substr(slash) == "/*" &&
         same_ignoring_case(range.substr(0, slash + 1), plain.substr(0, slash + 1));
}

}  // namespace

bool same_ignoring_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view to_text(method verb) {
  for (const auto& [name, value] : methods) {
    if (value == verb) return name;
  }
  return "other";
}

method method_from(std::string_view name) {
  for (const auto& [known, value] : methods) {
    if (known == name) return value;
  }
  return method::other;
}

std::optional<std::string_view> find_header(const std::vector<header>& headers,
                                            std::string_view name) {
  for (const auto& field : headers) {
    if (same_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::string request::base_url() const {
  return "http://" + std::string(header_value("Host").value_or(local));
}

std::string logged_target(const request& asked) {
  const auto is_secret = [](std::string name) {
    std::transform(name.begin(), name.end(), name.begin(), lower);
    return name.find("token") != std::string::npos || name.find("password") != std::string::npos;
  };
  const auto& path = asked.target.path;
  if (path.size() > 1 && path[path.size() - 2] == "encrypt") return "/.../encrypt/...";
  const auto names = asked.target.query.names();
  if (std::none_of(names.begin(), names.end(), is_secret)) return asked.raw_target;
  return asked.raw_target.substr(0, asked.raw_target.find('?')) + "?...";
}

std::string_view reason_phrase(int status) {
  for (const auto& [code, words] : reasons) {
    if (code == status) return words;
  }
  return "";
}

response error_response(int status) {
  return error_response(
      status, "HTTP " + std::to_string(status) + " " + std::string(reason_phrase(status)));
}

response error_response(int status, std::string_view message) {
  const boost::json::object body{{"code", status}, {"message", message}};
  return {
      .status = status, .content_type = "application/json", .body = boost::json::serialize(body)};
}

bool accepts(std::optional<std::string_view> accept_header, std::string_view content_type) {
  if (!accept_header || trimmed(*accept_header).empty()) return true;
  auto rest = *accept_header;
  while (!rest.empty()) {
    auto item = take_until(rest, ',');
    const auto range = take_until(item, ';');
    if (!is_refused(item) && range_matches(range, content_type)) return true;
  }
  return false;
}

bool accepts_gzip(std::optional<std::string_view> accept_encoding) {
  auto rest = accept_encoding.value_or("");
  bool any = false;
  while (!rest.empty()) {
    auto item = take_until(rest, ',');
    const auto coding = take_until(item, ';');
    if (same_ignoring_case(coding, "gzip")) return !is_refused(item);
    if (coding == "*") any = !is_refused(item);
  }
  return any;
}

}  // namespace helenus::http
