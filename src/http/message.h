#pragma once

#include "http/target.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::http {

enum class method { get, head, post, put, patch, del, options, other };

/// "GET" ...; "other" has no name.
std::string_view to_text(method verb);
/// The method of that name, in upper case; anything we never answer is method::other.
method method_from(std::string_view name);

struct header {
  std::string name;
  std::string value;
};

/// For names of headers, methods and codings.
bool same_ignoring_case(std::string_view left, std::string_view right);

/// The first value of that name, whatever its case.
std::optional<std::string_view> find_header(const std::vector<header>& headers,
                                            std::string_view name);

/// A request that was read completely, within the limits of the server.
struct request {
  method verb = method::get;
  std::string raw_target{};                    ///< as it was sent; logs have logged_target()
  http::target target{};                       ///< decoded by the server before a handler sees it
  std::vector<std::string> path_parameters{};  ///< what the {} of the route matched, in order
  std::vector<header> headers{};
  std::string body{};
  std::string peer{};   ///< address of the client
  std::string local{};  ///< "address:port" that it reached; the fall-back for the Host header

  std::optional<std::string_view> header_value(std::string_view name) const {
    return find_header(headers, name);
  }
  /// A query parameter.
  std::optional<std::string_view> query(std::string_view name) const {
    return target.query.first(name);
  }
  /// "http://host:port" as the client names this server.
  std::string base_url() const;
};

/// The target of a request for logs: without its query when that has a parameter that gives a token
/// or a password, in whatever spelling, and without what should be encrypted. Pure.
std::string logged_target(const request& asked);

/// An answer. An empty body is sent without Content-Type.
struct response {
  int status = 200;
  std::string content_type{};
  std::string body{};
  std::vector<header> headers{};
};

/// The standard words of a status, such as "Not Found".
std::string_view reason_phrase(int status);

/// An error that the server itself makes: {"code":404,"message":"HTTP 404 Not Found"}.
response error_response(int status);
/// The same with a message of its own.
response error_response(int status, std::string_view message);

/// Whether an Accept-Encoding header allows gzip (no header does not). Pure.
bool accepts_gzip(std::optional<std::string_view> accept_encoding);

/// Whether an Accept header allows `content_type` (no header allows everything). Pure.
bool accepts(std::optional<std::string_view> accept_header, std::string_view content_type);

}  // namespace helenus::http
