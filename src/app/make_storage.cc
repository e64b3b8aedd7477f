#include "app/make_storage.h"

#include "app/storage_renewal.h"
#include "base/blocking_pool.h"
#include "storage/cassandra/backend.h"
#include "storage/errc.h"
#include "storage/memory/backend.h"
#include "storage/sqlite/backend.h"

#include <system_error>
#include <utility>

namespace helenus::app {
namespace {

constexpr const char* state_file = "helenus.db";

/// The embedded storage brings its schema up to date when it is opened.
task<void> nothing_to_do() { co_return result<void>{}; }

/// The folder of the state file, which is made when it is missing. Blocks.
result<void> make_folder(const std::string& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    return error{storage::errc::unavailable, "cannot make the folder " + folder + ": " +
                                                 failure.message() +
                                                 " (persistenceStoragePath names it)"};
  }
  return {};
}

task<opened_storage> open_embedded(std::string folder) {
  std::filesystem::path file;
  if (!folder.empty()) {
    base::blocking_pool files(1);
    CO_TRY_VOID(co_await files.run([&] { return make_folder(folder); }));
    file = std::filesystem::path(folder) / state_file;
  }
  CO_TRY(backend, co_await open_state_file(std::move(file)));
  co_return opened_storage{std::move(backend), nothing_to_do, {}};
}

task<opened_storage> open_cassandra(boost::asio::any_io_executor executor, base::clock& clock,
                                    config::cassandra_settings settings, access& way_in) {
  CO_TRY(with, co_await way_in.to_storage());
  auto options = cassandra_options_of(settings, with);
  const auto policy = options.schema;
  CO_TRY(backend, co_await storage::cassandra::open(executor, clock, std::move(options)));
  auto* opened = backend.get();
  const storage_renewal renewal{.current = [&way_in] { return way_in.to_storage(); },
                                .connect =
                                    [opened](storage_access now) {
                                      return opened->renew(std::move(now.login),
                                                           std::move(now.tls));
                                    }};
  co_return opened_storage{std::move(backend),
                           [opened, policy] { return opened->bring_schema(policy); },
                           [&clock, renewal, with] { return keep_renewed(clock, renewal, with); }};
}

}  // namespace

task<std::unique_ptr<storage::backend>> open_state_file(std::filesystem::path file) {
  if (file.empty()) {
    std::unique_ptr<storage::backend> memory = std::make_unique<storage::memory::backend>();
    co_return memory;
  }
  co_return co_await storage::sqlite::open({.file = std::move(file)});
}

storage::cassandra::cassandra_options cassandra_options_of(
    const config::cassandra_settings& settings, storage_access with) {
  storage::cassandra::cassandra_options options;
  options.keyspace = settings.keyspace;
  options.schema = settings.migrates_schema ? storage::cassandra::schema_policy::migrate
                                            : storage::cassandra::schema_policy::wait;
  auto& session = options.session;
  session.contact_points = settings.contact_points;
  session.local_datacenter = settings.local_datacenter;
  session.translated_addresses = settings.translated_addresses;
  if (settings.request_timeout) session.request_timeout = *settings.request_timeout;
  session.login = std::move(with.login);
  session.tls = std::move(with.tls);
  return options;
}

task<opened_storage> make_storage(boost::asio::any_io_executor executor, base::clock& clock,
                                  config::storage_settings settings, access& way_in) {
  if (settings.type == config::storage_type::cassandra) {
    co_return co_await open_cassandra(std::move(executor), clock, std::move(settings.cassandra),
                                      way_in);
  }
  co_return co_await open_embedded(std::move(settings.folder));
}

}  // namespace helenus::app
