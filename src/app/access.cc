#include "app/access.h"

#include "base/errc.h"
#include "base/secret_file.h"
#include "config/container.h"
#include "config/load.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace helenus::app {
namespace {

std::vector<std::string> files_of(const config::settings& settings) {
  auto files = files_of_origin(settings);
  files.push_back(settings.storage.cassandra.password_file);
  return files;
}

std::string as_list(const std::vector<std::string>& sentences) {
  std::string list;
  for (const auto& one : sentences) list += (list.empty() ? "" : "; ") + one;
  return list;
}

jmx::credentials to_credentials(const config::jmx_login& login) {
  return {.user = login.username, .password = base::secret(login.password)};
}

/// Over HTTP nodes ask for no login.
management::jmx::jmx_logins logins_of(const config::settings& from) {
  management::jmx::jmx_logins logins;
  if (from.http_management.enabled) return logins;
  const auto& settings = from.jmx;
  for (const auto& [name, login] : settings.cluster_logins) {
    logins.by_cluster.emplace(name, to_credentials(login));
  }
  if (!settings.default_login.username.empty()) {
    logins.by_default = to_credentials(settings.default_login);
  }
  return logins;
}

api::shown_login to_shown(const jmx::credentials& login) {
  return {login.user, !login.password.empty()};
}

result<std::optional<cql::credentials>> login_of(const config::cassandra_settings& settings) {
  if (settings.username.empty()) return std::nullopt;
  base::secret password(settings.password);
  if (!settings.password_file.empty()) {
    TRY(read,
        base::read_secret_file(settings.password_file, "cassandra.authProvider.passwordFile"));
    password = std::move(read);
  }
  return cql::credentials{settings.username, std::move(password)};
}

}  // namespace

bool operator==(const storage_access& left, const storage_access& right) {
  if (left.tls != right.tls || left.login.has_value() != right.login.has_value()) return false;
  return !left.login || (left.login->user == right.login->user &&
                         left.login->password.reveal() == right.login->password.reveal());
}

std::vector<std::string> files_of_origin(const config::settings& settings) {
  if (!settings.origin) return {};
  auto files = settings.origin->secret_files;
  files.push_back(settings.origin->file);
  return files;
}

result<config::settings> read_again(const config::settings_origin& origin) {
  auto outcome = origin.file.empty() ? config::from_environment(config::read_environment())
                                     : config::load(origin.file);
  if (auto* made = std::get_if<config::settings>(&outcome)) {
    if (made->missing_secrets.empty()) return std::move(*made);
    return error{base::errc::unavailable, as_list(made->missing_secrets)};
  }
  auto text = config::to_text(origin.file.empty() ? "environment" : origin.file,
                              std::get<std::vector<config::problem>>(outcome));
  return error{base::errc::invalid_argument, std::move(text)};
}

result<logins> read_logins(const config::settings& from) {
  TRY(storage, login_of(from.storage.cassandra));
  return logins{
      std::move(storage), std::make_shared<const management::jmx::jmx_logins>(logins_of(from)),
      from.access ? std::make_shared<const api::access_options>(*from.access) : nullptr,
      from.cryptograph ? std::make_shared<const crypto::cryptograph_options>(*from.cryptograph)
                       : nullptr};
}

access::access(const config::settings& settings)
    : logins_("logins", files_of(settings), [settings]() -> result<logins> {
        if (!settings.origin) return read_logins(settings);
        TRY(now, read_again(*settings.origin));
        return read_logins(now);
      }) {
  if (!settings.storage.cassandra.tls) return;
  storage_certificates_.emplace(settings, [](const config::settings& now) -> const auto& {
    return now.storage.cassandra.tls;
  });
}

task<storage_access> access::to_storage() {
  storage_access now;
  CO_TRY(logins, co_await logins_.current());
  now.login = std::move(logins.storage);
  if (storage_certificates_) {
    auto tls = co_await storage_certificates_->current();
    if (!tls) co_return base::with_context(tls.error(), "cassandra.ssl");
    now.tls = std::move(*tls);
  }
  co_return std::move(now);
}

task<std::shared_ptr<const management::jmx::jmx_logins>> access::to_nodes() {
  CO_TRY(logins, co_await logins_.current());
  co_return std::move(logins.nodes);
}

task<std::shared_ptr<const api::access_options>> access::of_users() {
  CO_TRY(logins, co_await logins_.current());
  co_return std::move(logins.users);
}

task<std::shared_ptr<const crypto::cryptograph_options>> access::encryption() {
  CO_TRY(logins, co_await logins_.current());
  co_return std::move(logins.encryption);
}

task<api::shown_logins> access::shown() {
  CO_TRY(now, co_await to_nodes());
  api::shown_logins logins;
  if (now->by_default) logins.by_default = to_shown(*now->by_default);
  for (const auto& [name, login] : now->by_cluster)
    logins.by_cluster.emplace(name, to_shown(login));
  co_return std::move(logins);
}

}  // namespace helenus::app
