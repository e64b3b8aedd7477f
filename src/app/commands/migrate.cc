#include "app/commands/migrate.h"

#include "app/commands/configuration.h"
#include "app/make_storage.h"
#include "base/backoff.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "cql/session.h"
#include "storage/cassandra/failure.h"
#include "storage/cassandra/schema/migration_runner.h"
#include "storage/errc.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

namespace helenus::app {

using namespace std::chrono_literals;

namespace {

namespace cassandra = storage::cassandra;

constexpr base::backoff_options between_attempts{.first = 500ms, .largest = 5'000ms};
constexpr int most_copies = 99;
constexpr int exit_interrupted = 130;
constexpr auto close_limit = 5s;

void say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);  // whoever reads it in a pod wants it now
}

/// "dc1:3,dc2:2"; nothing when it is not of that form.
std::optional<std::map<std::string, int>> parse_replication(std::string_view text) {
  std::map<std::string, int> copies;
  while (!text.empty()) {
    const auto item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(item.size() + 1, text.size()));
    const auto colon = item.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    const std::string number(item.substr(colon + 1));
    const bool is_number = !number.empty() && number.size() <= 2 &&
                           number.find_first_not_of("0123456789") == std::string::npos;
    const int count = is_number ? std::stoi(number) : 0;
    if (count < 1 || count > most_copies) return std::nullopt;
    copies[std::string(item.substr(0, colon))] = count;
  }
  if (copies.empty()) return std::nullopt;
  return copies;
}

/// As others see who holds the lock.
std::string our_name() {
  char host[256] = "unknown";
  ::gethostname(host, sizeof(host) - 1);
  return "helenus migrate, process " + std::to_string(::getpid()) + " on " + host;
}

class migration_process {
 public:
  migration_process(boost::asio::io_context& context, migrate_arguments arguments,
                    const config::settings& settings)
      : context_(context),
        arguments_(std::move(arguments)),
        settings_(settings),
        way_in_(std::in_place, settings) {
    options_.keyspace = settings.storage.cassandra.keyspace;
    options_.holder = our_name();
    if (!arguments_.replication.empty()) {
      options_.replication =
          parse_replication(arguments_.replication).value_or(std::map<std::string, int>{});
    }
  }

  /// The exit code.
  task<int> run() {
    const auto deadline = clock_.now() + arguments_.wait;
    for (unsigned attempt = 1;; ++attempt) {
      const auto left = deadline - clock_.now();
      auto ended = co_await base::with_timeout(clock_, attempt_once(),
                                               std::max<base::clock::duration>(left, 1s),
                                               "the migration to end");
      if (ended) co_return exit_migrated;
      const auto& failure = ended.error();
      if (!base::is_transient(failure)) {
        say("can not migrate: " + failure.message());
        co_return exit_cannot_migrate;
      }
      const auto delay = base::backoff_delay(between_attempts, attempt, base::random_bits());
      const auto rest = deadline - clock_.now() - delay;
      if (rest <= 0s) {
        say("not migrated within " + base::to_text(arguments_.wait) + ": " + failure.message());
        co_return exit_try_again;
      }
      say("not yet: " + failure.message() + "; next attempt in " + base::to_text(delay) +
          ", the last one in " +
          base::to_text(std::max(std::chrono::ceil<std::chrono::seconds>(rest), 1s)));
      co_await clock_.sleep_for(delay);
    }
  }

 private:
  task<void> attempt_once() {
    if (settings_.storage.type == config::storage_type::embedded) {
      co_return co_await migrate_embedded();
    }
    if (!settings_.missing_secrets.empty()) {
      auto complete = read_again(*settings_.origin);
      // As below: what came so far may be half of it.
      if (!complete) co_return error{storage::errc::unavailable, complete.error().message()};
      settings_ = std::move(*complete);
      way_in_.emplace(settings_);
    }
    auto with = co_await way_in_->to_storage();
    // Files that cannot be used may be half-written Secrets: they are worth another try.
    if (!with) co_return error{storage::errc::unavailable, with.error().message()};
    auto options = cassandra_options_of(settings_.storage.cassandra, std::move(*with));
    auto session = co_await cql::connect(clock_, std::move(options.session));
    if (!session) co_return cassandra::as_storage_error(session.error());
    auto& connected = **session;
    co_return co_await base::finally(migrate_in(connected), [&]() -> task<void> {
      co_return co_await base::with_timeout(clock_, connected.close(), close_limit,
                                            "the session to close");
    });
  }

  task<void> migrate_embedded() {
    CO_TRY(opened,
           co_await make_storage(context_.get_executor(), clock_, settings_.storage, *way_in_));
    co_return co_await opened.backend->close();
  }

  task<void> migrate_in(cql::session& session) {
    if (!arguments_.dry_run) {
      co_return co_await cassandra::migrate(context_.get_executor(), clock_, session, options_,
                                            say);
    }
    CO_TRY(statements, co_await cassandra::explain_migration(session, options_));
    for (const auto& statement : statements) say(statement + ";");
    co_return result<void>{};
  }

  boost::asio::io_context& context_;
  base::real_clock clock_;
  migrate_arguments arguments_;
  config::settings settings_;
  std::optional<access> way_in_;
  cassandra::migration_options options_;
};

}  // namespace

std::string wrong_replication(const std::string& text) {
  if (text == "auto" || parse_replication(text)) return {};
  return "auto, or copies by data center such as dc1:3,dc2:2";
}

int migrate(const migrate_arguments& arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto settings = read_configuration(arguments.configuration_file);
  if (!settings) return exit_wrong_usage;
  base::set_log_level(base::level::error);  // what happens is told on standard output
  boost::asio::io_context context(1);
  migration_process process(context, arguments, *settings);
  int code = exit_try_again;
  // Its locks are given back. A second signal does not wait: whatever is interrupted can be begun
  // again, and locks expire.
  boost::asio::cancellation_signal stop;
  boost::asio::signal_set signals(context, SIGINT, SIGTERM);
  const auto end_at_once = [](boost::system::error_code failure, int) {
    if (!failure) std::_Exit(exit_interrupted);
  };
  signals.async_wait([&](boost::system::error_code failure, int) {
    if (failure) return;
    code = exit_interrupted;
    signals.async_wait(end_at_once);
    stop.emit(boost::asio::cancellation_type::terminal);
  });
  const auto end = [&](std::exception_ptr unwound, result<int> outcome) {
    if (unwound && code != exit_interrupted) std::rethrow_exception(unwound);
    if (!unwound && outcome) code = *outcome;
    context.stop();
  };
  boost::asio::co_spawn(context, process.run(),
                        boost::asio::bind_cancellation_slot(stop.slot(), end));
  context.run();
  return code;
}

}  // namespace helenus::app
