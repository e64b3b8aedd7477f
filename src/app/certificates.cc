#include "app/certificates.h"

#include "app/access.h"

#include <string>
#include <vector>

namespace helenus::app {
namespace {

template <class Options>
std::vector<std::string> files_of(const Options& with, const config::settings& settings) {
  auto files = files_of_origin(settings);
  for (const auto& each : {with.ca_file, with.ca_password_file, with.certificate_file,
                           with.key_file, with.key_password_file}) {
    files.push_back(each);
  }
  return files;
}

/// Of the settings as they are now, passwords alone may have changed without a restart. What else
/// is wrong with them is no matter of the certificates.
template <class Where>
auto loading(const config::settings& settings, const Where& where) {
  return [with = *where(settings), origin = settings.origin, where] {
    auto options = with;
    const auto now = origin ? read_again(*origin) : result<config::settings>{};
    if (now && where(*now)) {
      options.ca_password = where(*now)->ca_password;
      options.key_password = where(*now)->key_password;
    }
    return net::tls_context::load(options);
  };
}

}  // namespace

certificates::certificates(
    const config::settings& settings,
    const std::function<const client_options&(const config::settings&)>& where)
    : file_backed("certificates", files_of(*where(settings), settings), loading(settings, where)) {}

certificates::certificates(
    const config::settings& settings,
    const std::function<const server_options&(const config::settings&)>& where)
    : file_backed("certificates", files_of(*where(settings), settings), loading(settings, where)) {}

}  // namespace helenus::app
