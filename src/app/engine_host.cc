#include "app/engine_host.h"

#include "app/make_management.h"
#include "app/make_storage.h"
#include "base/log.h"
#include "base/uuid.h"
#include "crypto/base64url.h"
#include "crypto/random.h"
#include "repair/purge_loop.h"
#include "storage/errc.h"

#include <utility>

namespace helenus::app {

using namespace std::chrono_literals;

namespace {

constexpr const char* signing_secret_name = "login tokens";
// Beyond the grace period: commands are stopped and what is known is stored.
constexpr auto engine_stop_limit = 20s;
constexpr auto close_limit = 10s;

/// Derives the key, off the loop: it may take a second.
task<crypto::cryptograph> make_cryptograph(
    const std::optional<crypto::cryptograph_options>& options) {
  if (!options) co_return crypto::cryptograph();
  base::blocking_pool deriving(1);
  co_return co_await deriving.run(
      [&options]() -> result<crypto::cryptograph> { return crypto::cryptograph(*options); });
}

jmx::credentials to_credentials(const config::jmx_login& login) {
  return {.user = login.username, .password = base::secret(login.password)};
}

management::jmx::jmx_management_options jmx_options(const config::jmx_settings& settings) {
  management::jmx::jmx_management_options options;
  for (const auto& [host, port] : settings.host_ports) options.ports[host] = port;
  for (const auto& [name, login] : settings.cluster_logins) {
    options.logins.emplace(name, to_credentials(login));
  }
  if (!settings.default_login.username.empty()) {
    options.default_login = to_credentials(settings.default_login);
  }
  if (settings.connect_timeout) options.timeouts.connect = *settings.connect_timeout;
  return options;
}

api::shown_logins to_shown(const config::jmx_settings& settings) {
  const auto show = [](const config::jmx_login& login) {
    return api::shown_login{login.username, !login.password.empty()};
  };
  api::shown_logins logins{.by_default = show(settings.default_login), .by_cluster = {}};
  for (const auto& [name, login] : settings.cluster_logins) {
    logins.by_cluster.emplace(name, show(login));
  }
  return logins;
}

}  // namespace

engine_host::engine_host(boost::asio::any_io_executor executor, base::clock& clock,
                         const config::settings& settings, metrics::registry& metrics)
    : executor_(executor),
      clock_(clock),
      settings_(settings),
      metrics_(metrics),
      engine_(executor),
      purges_(executor) {}

engine_host::~engine_host() = default;

task<void> engine_host::open_storage() {
  CO_TRY_VOID(co_await close());
  CO_TRY(opened, co_await make_storage(executor_, clock_, settings_.storage));
  storage_ = std::move(opened.backend);
  bring_schema_ = std::move(opened.bring_schema);
  co_return result<void>{};
}

task<void> engine_host::bring_schema() { co_return co_await bring_schema_(); }

storage::backend_counters engine_host::storage_counters() const {
  return storage_ ? storage_->counters() : storage::backend_counters{};
}

task<void> engine_host::open_access() {
  if (!settings_.access) co_return result<void>{};
  auto options = *settings_.access;
  if (options.signing_secret.empty()) {
    const auto made = crypto::to_base64url(crypto::random_bytes(api::least_signing_secret));
    CO_TRY(kept,
           co_await storage_->secrets().find_or_keep(signing_secret_name, base::secret(made)));
    options.signing_secret = std::move(kept);
  }
  access_.emplace(clock_, std::move(options));
  co_return result<void>{};
}

task<void> engine_host::start() {
  CO_TRY(cryptograph, co_await make_cryptograph(settings_.cryptograph));
  auto jmx = jmx_options(settings_.jmx);
  jmx.decrypt = [cryptograph](const base::secret& kept) { return cryptograph.decrypt(kept); };
  if (settings_.jmx.tls) {
    certificates_.emplace(*settings_.jmx.tls);
    const auto first = co_await certificates_->current();
    if (!first) co_return base::with_context(first.error(), "jmxTls");
    jmx.certificates = [this] { return certificates_->current(); };
  }
  CO_TRY_VOID(co_await open_access());
  connector_ = make_management(executor_, clock_, std::move(jmx));
  clusters_.emplace(executor_, clock_, *storage_, *connector_, settings_.clusters);
  repairs_.emplace(executor_, clock_, *storage_, *clusters_, mode_, settings_.repair, metrics_,
                   base::random_bits());
  services_.emplace(api::services{.clock = clock_,
                                  .clusters = *clusters_,
                                  .repairs = *repairs_,
                                  .runs = settings_.runs,
                                  .dynamic_seeds = settings_.clusters.dynamic_seeds,
                                  .logins = to_shown(settings_.jmx),
                                  .cryptograph = cryptograph,
                                  .access = access_ ? &*access_ : nullptr});
  shown_ = &*services_;
  engine_.spawn("engine", repairs_->run());
  purges_.spawn("purges", repair::purge_loop(clock_, *repairs_));
  co_return result<void>{};
}

void engine_host::update_metrics() {
  if (repairs_) repairs_->update_metrics();
}

task<void> engine_host::ask_storage() {
  if (!services_) co_return error{base::errc::closed, "storage is not open"};
  if (const auto trouble = services_->repairs.storage_trouble()) {
    co_return error{storage::errc::unavailable, trouble->detail};
  }
  CO_TRY_VOID(co_await services_->clusters.all());
  co_return result<void>{};
}

task<void> engine_host::stop_engine(base::clock::duration grace) {
  if (!repairs_) co_return result<void>{};
  CO_TRY_VOID(co_await base::with_timeout(clock_, repairs_->shutdown(grace),
                                          grace + engine_stop_limit, "the engine to stop"));
  co_return co_await base::with_timeout(clock_, engine_.join(), engine_stop_limit,
                                        "the engine to end");
}

task<void> engine_host::close() {
  purges_.cancel();
  co_await purges_.join();
  engine_.cancel();
  if (auto ended = co_await engine_.join(); !ended) {
    base::log_error("app", "the engine failed", {{"error", ended.error().message()}});
  }
  shown_ = nullptr;
  services_.reset();
  access_.reset();
  repairs_.reset();
  clusters_.reset();
  if (connector_) {
    auto closed = co_await base::with_timeout(clock_, connector_->close_all(), close_limit,
                                              "connections to nodes to close");
    if (!closed)
      base::log_warn("app", "a part did not close", {{"error", closed.error().message()}});
    connector_.reset();
  }
  if (storage_) {
    auto closed =
        co_await base::with_timeout(clock_, storage_->close(), close_limit, "storage to close");
    if (!closed)
      base::log_warn("app", "a part did not close", {{"error", closed.error().message()}});
    storage_.reset();
  }
  co_return result<void>{};
}

}  // namespace helenus::app
