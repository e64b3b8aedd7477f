#include "config/java_options.h"

#include <algorithm>

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

void check_java_options(const environment& variables, const settings& made,
                        std::vector<problem>& problems) {
  const auto options = java_properties(variables("JAVA_OPTS").value_or(""));
  const auto tls = options.find("ssl.enable");
  if (made.jmx.tls || tls == options.end() || tls->second != "true") return;
  problems.push_back({0, "JAVA_OPTS", "",
                      "-Dssl.enable=true is not read: give jmxTls with the certificates as PEM "
                      "files (openssl pkcs12 -in STORE.p12 -out FILE.pem)"});
}

}  // namespace helenus::config
