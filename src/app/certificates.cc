#include "app/certificates.h"

#include <string>
#include <utility>
#include <vector>

namespace helenus::app {
namespace {

template <class Options>
std::vector<std::string> files_of(const Options& with) {
  return {with.ca_file, with.certificate_file, with.key_file, with.key_password_file};
}

}  // namespace

certificates::certificates(net::tls_client_options files)
    : file_backed("certificates", files_of(files),
                  [with = std::move(files)] { return net::tls_context::load(with); }) {}

certificates::certificates(net::tls_server_options files)
    : file_backed("certificates", files_of(files),
                  [with = std::move(files)] { return net::tls_context::load(with); }) {}

}  // namespace helenus::app
