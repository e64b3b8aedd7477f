#include "config/java_options.h"

#include <algorithm>
#include <utility>

namespace helenus::config {

std::map<std::string, std::string> java_properties(std::string_view options) {
  constexpr std::string_view blanks = " \t\r\n";
  constexpr std::string_view flag = "-D";
  std::map<std::string, std::string> found;
  while (true) {
    options.remove_prefix(std::min(options.find_first_not_of(blanks), options.size()));
    if (options.empty()) return found;
    auto word = options.substr(0, options.find_first_of(blanks));
    options.remove_prefix(word.size());
    if (!word.starts_with(flag)) continue;
    word.remove_prefix(flag.size());
    const auto equals = std::min(word.find('='), word.size());
    found[std::string(word.substr(0, equals))] = word.substr(std::min(equals + 1, word.size()));
  }
}

void read_java_options(const environment& variables, jmx_settings& into) {
  auto options = java_properties(variables("JAVA_OPTS").value_or(""));
  if (into.tls || options["ssl.enable"] != "true") return;
  net::tls_client_options tls;
  tls.ca_file = options["javax.net.ssl.trustStore"];
  tls.ca_password_file = options["javax.net.ssl.trustStorePasswordFile"];
  tls.ca_password = base::secret(options["javax.net.ssl.trustStorePassword"]);
  tls.certificate_file = options["javax.net.ssl.keyStore"];
  tls.key_password_file = options["javax.net.ssl.keyStorePasswordFile"];
  tls.key_password = base::secret(options["javax.net.ssl.keyStorePassword"]);
  tls.verification = net::tls_verification::chain;
  into.tls = std::move(tls);
}

}  // namespace helenus::config
