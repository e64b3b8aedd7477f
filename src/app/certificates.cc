#include "app/certificates.h"

#include <string>
#include <vector>

namespace helenus::app {
namespace {

template <class Options>
std::vector<std::string> files_of(const Options& with) {
  return {with.ca_file, with.certificate_file, with.key_file, with.key_password_file};
}

}  // namespace

certificates::certificates(const net::tls_client_options& files)
    : file_backed("certificates", files_of(files),
                  [with = files] { return net::tls_context::load(with); }) {}

certificates::certificates(const net::tls_server_options& files)
    : file_backed("certificates", files_of(files),
                  [with = files] { return net::tls_context::load(with); }) {}

}  // namespace helenus::app
