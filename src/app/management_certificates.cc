#include "app/management_certificates.h"

#include "base/clean_text.h"
#include "base/errc.h"
#include "net/errc.h"

#include <string_view>
#include <utility>
#include <vector>

namespace helenus::app {
namespace {

/// That of all stores, as with Reaper.
constexpr std::string_view store_password = "changeit";

/// Whether a name that others chose is the beginning of a file name and of nothing else.
bool begins_a_file_name(std::string_view name) {
  return !name.starts_with('.') && name.find('/') == std::string_view::npos &&
         base::is_clean_text(name);
}

}  // namespace

result<net::tls_client_options> management_certificates::options_for(
    const std::string& cluster_name) const {
  net::tls_client_options with;
  with.verification = net::tls_verification::chain;
  with.ca_password = with.key_password = base::secret(store_password);
  if (!cluster_name.empty()) {
    if (!begins_a_file_name(cluster_name)) {
      return error{base::errc::invalid_argument,
                   "the name of the cluster cannot be that of a file in "
                   "httpManagement.truststoresDir: it has a slash or control characters, or begins "
                   "with a dot"};
    }
    const auto files = settings_.truststores_dir + "/" + cluster_name;
    with.ca_file = files + "-truststore.jks";
    with.certificate_file = files + "-keystore.jks";
  } else if ((settings_.keystore + settings_.truststore).empty()) {
    return error{net::errc::certificate_unreadable,
                 "the name of the cluster is not known yet, and httpManagement.keystore and "
                 "truststore, which are for such, are not given"};
  } else {
    with.ca_file = settings_.truststore;
    with.certificate_file = settings_.keystore;
  }
  return with;
}

task<std::shared_ptr<const net::tls_context>> management_certificates::of_cluster(
    std::string cluster_name) {
  if (!settings_.uses_tls()) co_return std::shared_ptr<const net::tls_context>();
  if (settings_.truststores_dir.empty()) cluster_name.clear();
  CO_TRY(with, options_for(cluster_name));
  const auto found = by_cluster_.find(cluster_name);
  const auto used = found != by_cluster_.end()
                        ? found->second
                        : std::make_shared<stores>("certificates for nodes",
                                                   std::vector{with.ca_file, with.certificate_file},
                                                   [with] { return net::tls_context::load(with); });
  auto now = co_await used->current();
  // Names are as many as others choose, stores are not.
  if (now) by_cluster_.emplace(cluster_name, used);
  co_return now;
}

}  // namespace helenus::app
