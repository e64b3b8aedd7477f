#include "api/requests/registration.h"

#include "api/errc.h"
#include "api/requests/parameters.h"

#include <algorithm>
#include <utility>

namespace helenus::api {
namespace {

constexpr std::size_t max_seeds = 16;  // each that does not answer costs a time-out
constexpr std::int32_t default_jmx_port = 7199;

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

result<void> add_credentials(registrations& to, const http::parameters& form,
                             const crypto::cryptograph& cryptograph) {
  const auto username = optional_text(form, "jmxUsername");
  const auto password = optional_text(form, "jmxPassword");
  if (!username || !password) return {};
  if (!cryptograph.is_on()) {
    return error{errc::bad_parameter,
                 "credentials cannot be stored without enabling encryption: set cryptograph, "
                 "jmxAuth or jmxCredentials in the configuration"};
  }
  TRY(hidden, cryptograph.encrypt(base::secret(*password)));
  for (auto& one : to) {
    one.jmx_username = *username;
    one.jmx_password = hidden;
  }
  return {};
}

}  // namespace

result<registrations> parse_registration(const http::parameters& from,
                                         const std::string& expected_name) {
  TRY(seeds, required_text(from, "seedHost"));
  TRY(port, optional_integer(from, "jmxPort"));
  if (port && (*port < 1 || *port > 65535)) {
    return error{errc::bad_parameter,
                 "jmxPort is " + std::to_string(*port) + "; 1 to 65535 are accepted"};
  }
  registrations all;
  std::string credentials_of;  // as of the first item, for all
  bool first = true;
  std::string_view rest = seeds;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    const auto item = rest.substr(0, end);
    const auto at = std::min(item.find('@'), item.size());
    const auto host = trimmed(item.substr(0, at));
    if (std::exchange(first, false)) {
      credentials_of = trimmed(item.substr(std::min(at + 1, item.size())));
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (host.empty()) continue;
    if (all.size() == max_seeds) {
      return error{errc::bad_parameter,
                   "seedHost names more than " + std::to_string(max_seeds) + " hosts"};
    }
    cluster::registration one;
    one.seed = host;
    one.jmx_port = static_cast<std::uint16_t>(port.value_or(default_jmx_port));
    one.credentials_of = credentials_of;
    one.expected_name = expected_name;
    all.push_back(std::move(one));
  }
  if (all.empty()) return error{errc::bad_parameter, "the query parameter seedHost is required"};
  for (auto& one : all) {
    for (const auto& other : all) {
      if (other.seed != one.seed) one.other_seeds.push_back(other.seed);
    }
  }
  return all;
}

result<registrations> parse_registration_form(const http::request& asked,
                                              const std::string& expected_name,
                                              const crypto::cryptograph& cryptograph) {
  const auto type = asked.header_value("Content-Type").value_or("");
  if (!type.starts_with("application/x-www-form-urlencoded")) return errc::wrong_media_type;
  auto form = http::parse_parameters(asked.body);
  if (!form) return error{errc::bad_parameter, "the form is not readable: " + form.error().detail};
  auto all = parse_registration(*form, expected_name);
  if (!all && all.error().code == errc::not_an_integer) {  // 404 is for what stands in the URL
    return error{errc::bad_parameter, "jmxPort is not a whole number"};
  }
  if (all) TRY_VOID(add_credentials(*all, *form, cryptograph));
  return all;
}

}  // namespace helenus::api
