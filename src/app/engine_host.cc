#include "app/engine_host.h"

#include "app/heap.h"
#include "app/make_storage.h"
#include "app/own_address.h"
#include "app/own_datacenter.h"
#include "base/log.h"
#include "base/uuid.h"
#include "crypto/base64url.h"
#include "crypto/random.h"
#include "management/http/http_connector.h"
#include "management/jmx/jmx_connector.h"
#include "model/cluster.h"
#include "repair/purge_loop.h"
#include "storage/errc.h"

#include <utility>

namespace helenus::app {

using namespace std::chrono_literals;

namespace {

constexpr const char* signing_secret_name = "login tokens";
constexpr auto look_at_users_every = 5s;
constexpr auto join_limit = 20s;  // for the first sign of life to be stored

/// Derives the key, off the loop: it may take a second.
task<crypto::cryptograph> make_cryptograph(
    std::shared_ptr<const crypto::cryptograph_options> options) {
  if (!options) co_return crypto::cryptograph();
  base::blocking_pool deriving(1);
  co_return co_await deriving.run(
      [options]() -> result<crypto::cryptograph> { return crypto::cryptograph(*options); });
}

management::jmx::jmx_management_options jmx_options(const config::jmx_settings& settings,
                                                    const process_rules& rules) {
  management::jmx::jmx_management_options options;
  options.only_host = rules.only_host;
  options.links.link.backoff.largest = rules.longest_reconnect_wait;
  for (const auto& [host, port] : settings.host_ports) options.ports[host] = port;
  if (settings.connect_timeout) options.timeouts.connect = *settings.connect_timeout;
  return options;
}

management::http::http_management_options http_options(
    const config::http_management_settings& settings, const process_rules& rules) {
  management::http::http_management_options options;
  options.port = settings.port;
  options.metrics_port = settings.metrics_port;
  options.metrics_tls = settings.metrics_tls;
  options.only_host = rules.only_host;
  options.links.link.backoff.largest = rules.longest_reconnect_wait;
  return options;
}

}  // namespace

engine_host::engine_host(boost::asio::any_io_executor executor, base::clock& clock,
                         const config::settings& settings, const process_rules& rules,
                         metrics::registry& metrics)
    : executor_(executor),
      clock_(clock),
      settings_(settings),
      rules_(rules),
      metrics_(metrics),
      self_(make_instance(clock)),
      renewal_(executor),
      joined_(executor),
      engine_(executor),
      housekeeping_(executor),
      users_(executor) {}

engine_host::~engine_host() = default;

task<void> engine_host::open_storage() {
  CO_TRY_VOID(co_await close());
  if (!way_in_) way_in_.emplace(settings_);
  CO_TRY(opened, co_await make_storage(executor_, clock_, settings_.storage, *way_in_));
  storage_ = std::move(opened.backend);
  bring_schema_ = std::move(opened.bring_schema);
  if (opened.keep_renewed) renewal_.spawn("renewed logins of storage", opened.keep_renewed());
  co_return result<void>{};
}

task<void> engine_host::bring_schema() { co_return co_await bring_schema_(); }

storage::backend_counters engine_host::storage_counters() const {
  return storage_ ? storage_->counters() : storage::backend_counters{};
}

task<api::access_options> engine_host::with_signing_secret(api::access_options users) {
  if (users.signing_secret.empty()) {
    const auto made = crypto::to_base64url(crypto::random_bytes(api::least_signing_secret));
    CO_TRY(kept,
           co_await storage_->secrets().find_or_keep(signing_secret_name, base::secret(made)));
    users.signing_secret = std::move(kept);
  }
  co_return users;
}

task<void> engine_host::open_access() {
  if (!settings_.access) co_return result<void>{};
  CO_TRY(users, co_await way_in_->of_users());
  CO_TRY(options, co_await with_signing_secret(users ? *users : *settings_.access));
  access_.emplace(clock_, std::move(options));
  users_.spawn("renewed users", keep_users_renewed(std::move(users)));
  co_return result<void>{};
}

task<void> engine_host::keep_users_renewed(std::shared_ptr<const api::access_options> used) {
  for (;;) {
    co_await clock_.sleep_for(look_at_users_every);
    auto now = co_await way_in_->of_users();
    // Who takes the whole block away wants no logins: that needs a restart, as routes change.
    if (!now || !*now || *now == used) continue;
    auto options = co_await with_signing_secret(**now);
    if (!options) continue;  // storage is away: it is tried again
    access_->replace(std::move(*options));
    used = std::move(*now);
    base::log_info("app", "users are as their files are now");
  }
}

task<void> engine_host::keep_encryption_renewed(
    std::shared_ptr<const crypto::cryptograph_options> used) {
  for (;;) {
    co_await clock_.sleep_for(look_at_users_every);
    auto now = co_await way_in_->encryption();
    if (!now || !*now || (*now)->passphrase.reveal() == used->passphrase.reveal()) continue;
    auto made = co_await make_cryptograph(*now);
    if (!made) continue;
    *cryptograph_ = std::move(*made);
    used = std::move(*now);
    base::log_info("app",
                   "the passphrase is as its file is now; passwords of nodes that were "
                   "registered with another one have to be registered again");
  }
}

task<void> engine_host::connect() {
  CO_TRY(encryption, co_await way_in_->encryption());
  CO_TRY(made, co_await make_cryptograph(encryption));
  cryptograph_ = std::move(made);
  CO_TRY(connector, co_await (settings_.http_management.enabled ? over_http() : over_jmx()));
  connector_ = std::move(connector);
  clusters_.emplace(executor_, clock_, *storage_, *connector_, settings_.clusters, mode_.reach);
  if (encryption) {
    users_.spawn("renewed passphrase", keep_encryption_renewed(std::move(encryption)));
  }
  co_return result<void>{};
}

/// Certificates may come later: each connection asks for them.
task<std::unique_ptr<management::node_connector>> engine_host::over_http() {
  auto http = http_options(settings_.http_management, rules_);
  management_certificates_.emplace(settings_.http_management);
  http.certificates = [this](const std::string& cluster) {
    return management_certificates_->of_cluster(model::symbolic_name(cluster));
  };
  co_return management::http::make_connector(executor_, clock_, std::move(http));
}

task<std::unique_ptr<management::node_connector>> engine_host::over_jmx() {
  auto jmx = jmx_options(settings_.jmx, rules_);
  CO_TRY_VOID(co_await way_in_->to_nodes());
  jmx.current_logins = [this] { return way_in_->to_nodes(); };
  jmx.decrypt = [this](const base::secret& kept) { return cryptograph_->decrypt(kept); };
  if (settings_.jmx.tls) {
    certificates_.emplace(settings_, [](const auto& now) -> const auto& { return now.jmx.tls; });
    const auto first = co_await certificates_->current();
    if (!first) co_return base::with_context(first.error(), "jmxTls");
    jmx.certificates = [this] { return certificates_->current(); };
  }
  co_return management::jmx::make_connector(executor_, clock_, std::move(jmx));
}

task<void> engine_host::join() {
  if (!connector_) {
    CO_TRY_VOID(co_await connect());
  }
  CO_TRY(reach, co_await find_reach(clock_, settings_, *connector_, *clusters_));
  mode_.reach = std::move(reach);
  if (self_.host.empty()) self_.host = co_await own_address(clock_);
  mode_.peers = make_peers(clock_, *storage_, self_);
  if (auto joined = co_await base::with_timeout(clock_, mode_.peers->join(), join_limit,
                                                "the first sign of life to be stored");
      !joined) {
    // Whatever else storage answers, such as a missing permission, says so by its own code.
    if (joined.error().code != base::errc::timed_out) co_return joined.error();
    co_return error{storage::errc::unavailable, joined.error().message()};
  }
  joined_.spawn("signs of life", mode_.peers->run());
  if (rules_.learns_datacenter) {
    joined_.spawn("own datacenter", learn_datacenter(clock_, *clusters_, mode_.reach));
  }
  co_return result<void>{};
}

task<void> engine_host::start() {
  CO_TRY_VOID(co_await open_access());
  repairs_.emplace(executor_, clock_, *storage_, *clusters_, mode_, settings_.repair, metrics_,
                   base::random_bits());
  services_.emplace(api::services{.clock = clock_,
                                  .clusters = *clusters_,
                                  .repairs = *repairs_,
                                  .runs = settings_.runs,
                                  .dynamic_seeds = settings_.clusters.dynamic_seeds,
                                  .logins = [this] { return way_in_->shown(); },
                                  .availability = to_text(settings_.deployment.availability),
                                  .cryptograph = *cryptograph_,
                                  .access = access_ ? &*access_ : nullptr});
  shown_ = &*services_;
  engine_.spawn("engine", repairs_->run());
  housekeeping_.spawn("purges", repair::purge_loop(clock_, *repairs_));
  housekeeping_.spawn("heap", keep_heap_small(clock_));
  co_return result<void>{};
}

void engine_host::update_metrics() {
  if (repairs_) repairs_->update_metrics();
}

std::optional<model::waiting_reason> engine_host::storage_trouble() const {
  return repairs_ ? repairs_->storage_trouble() : std::nullopt;
}

task<void> engine_host::ask_storage() {
  if (!services_) co_return error{base::errc::closed, "storage is not open"};
  if (const auto trouble = storage_trouble()) {
    co_return error{storage::errc::unavailable, trouble->detail};
  }
  CO_TRY_VOID(co_await services_->clusters.all());
  co_return result<void>{};
}

task<void> engine_host::stop_engine() {
  if (!repairs_) co_return result<void>{};
  const auto& limits = rules_.shutdown;
  co_return co_await base::with_timeout(clock_, end_engine(), limits.grace + limits.engine,
                                        "the engine to stop");
}

task<void> engine_host::end_engine() {
  CO_TRY_VOID(co_await repairs_->shutdown(rules_.shutdown.grace));
  co_return co_await engine_.join();
}

task<void> engine_host::close() {
  housekeeping_.cancel();
  co_await housekeeping_.join();
  engine_.cancel();
  if (auto ended = co_await engine_.join(); !ended) {
    base::log_error("app", "the engine failed", {{"error", ended.error().message()}});
  }
  shown_ = nullptr;
  users_.cancel();
  co_await users_.join();
  services_.reset();
  access_.reset();
  repairs_.reset();
  CO_TRY_VOID(co_await disconnect());
  renewal_.cancel();
  co_await renewal_.join();
  if (storage_) {
    co_await end(storage_->close(), rules_.shutdown.close, "storage to close");
    storage_.reset();
  }
  co_return result<void>{};
}

task<void> engine_host::disconnect() {
  joined_.cancel();
  if (auto ended = co_await joined_.join(); !ended) {
    base::log_error("app", "signs of life ended", {{"error", ended.error().message()}});
  }
  co_await end(mode_.peers->leave(), rules_.shutdown.leave, "leases to be given back");
  clusters_.reset();
  mode_ = {};
  if (connector_) {
    co_await end(connector_->close_all(), rules_.shutdown.close, "connections to nodes to close");
    connector_.reset();
  }
  co_return result<void>{};
}

task<void> engine_host::end(task<void> part, base::clock::duration limit, std::string what) {
  auto ended = co_await base::with_timeout(clock_, std::move(part), limit, std::move(what));
  if (!ended) {
    base::log_warn("app", "a part did not close", {{"error", ended.error().message()}});
  }
  co_return result<void>{};
}

}  // namespace helenus::app
