#include "api/auth/token.h"

#include "api/views/json_writer.h"
#include "crypto/base64url.h"
#include "crypto/hmac.h"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace helenus::api {

namespace json = boost::json;

namespace {

struct algorithm {
  std::string_view name;
  crypto::hash hash;
  std::size_t least_key;  ///< bytes; the length of what the hash makes
};

// The strongest first.
constexpr std::array<algorithm, 3> algorithms{{{"HS512", crypto::hash::sha512, 64},
                                               {"HS384", crypto::hash::sha384, 48},
                                               {"HS256", crypto::hash::sha256, 0}}};

const algorithm& for_key(std::string_view key) {
  for (const auto& one : algorithms) {
    if (key.size() >= one.least_key) return one;
  }
  return algorithms.back();
}

std::int64_t seconds_of(base::clock::wall_time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string make_claims(std::string_view name, const roles& of, std::int64_t issued,
                        std::int64_t expires) {
  json_writer out;
  out.begin_object().key("sub").text(name).key("roles").begin_array();
  for (const auto one : of) out.text(to_text(one));
  out.end_array().key("iat").integer(issued).key("exp").integer(expires).end_object();
  return out.take();
}

/// The object that a part of a token holds.
std::optional<json::object> read_part(std::string_view part) {
  const auto text = crypto::from_base64url(part);
  if (!text) return std::nullopt;
  boost::system::error_code wrong;
  auto value = json::parse(*text, wrong);
  if (wrong || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

std::string_view text_in(const json::object& from, std::string_view member) {
  const auto* value = from.if_contains(member);
  return value && value->is_string() ? std::string_view(value->as_string()) : std::string_view();
}

/// Whether the time `member`, in seconds, is there and fulfils `wrong`. One that is no number does.
template <class Wrong>
bool time_is(const json::object& claims, std::string_view member, Wrong wrong) {
  const auto* value = claims.if_contains(member);
  if (!value) return false;
  boost::system::error_code no_number;
  const auto seconds = value->to_number<double>(no_number);
  return no_number || wrong(seconds);
}

}  // namespace

std::string make_token(const base::secret& key, std::string_view name, const roles& of,
                       base::clock::wall_time now, std::chrono::seconds lifetime) {
  const auto& with = for_key(key.reveal());
  json_writer header;
  header.begin_object().key("alg").text(with.name).end_object();
  const auto issued = seconds_of(now);
  auto token = crypto::to_base64url(header.take()) + "." +
               crypto::to_base64url(make_claims(name, of, issued, issued + lifetime.count()));
  const auto signature = crypto::hmac(with.hash, key.reveal(), token);
  return token + "." + crypto::to_base64url(signature);
}

std::optional<std::string> token_subject(const base::secret& key, std::string_view token,
                                         base::clock::wall_time now) {
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  const auto header = read_part(token.substr(0, first));
  const auto signature = crypto::from_base64url(token.substr(last + 1));
  if (!header || !signature) return std::nullopt;
  const auto name = text_in(*header, "alg");
  const auto signed_part = token.substr(0, last);
  const bool genuine = std::any_of(algorithms.begin(), algorithms.end(), [&](const algorithm& one) {
    return one.name == name && key.reveal().size() >= one.least_key &&
           crypto::equal_in_constant_time(crypto::hmac(one.hash, key.reveal(), signed_part),
                                          *signature);
  });
  if (!genuine) return std::nullopt;
  const auto claims = read_part(token.substr(first + 1, last - first - 1));
  if (!claims) return std::nullopt;
  const auto seconds = static_cast<double>(seconds_of(now));
  if (time_is(*claims, "exp", [seconds](double end) { return seconds > end; }) ||
      time_is(*claims, "nbf", [seconds](double begin) { return seconds < begin; })) {
    return std::nullopt;
  }
  return std::string(text_in(*claims, "sub"));
}

}  // namespace helenus::api
