#include "storage/cassandra/schema/migration_runner.h"

#include "base/event.h"
#include "base/task_group.h"
#include "cql/errc.h"
#include "storage/cassandra/failure.h"
#include "storage/cassandra/schema/row_moves.h"
#include "storage/cassandra/schema/schema_lock_keeper.h"
#include "storage/cassandra/schema/schema_reader.h"
#include "storage/cassandra/schema/statements.h"
#include "storage/errc.h"

#include <algorithm>
#include <utility>

namespace helenus::storage::cassandra {
namespace {

// A round ends early when somebody else, who knows no lock, has just done its next step.
constexpr int most_rounds = 10;
// That a change which is under way is waited for when the migration is told to end.
constexpr std::chrono::seconds last_words{5};

error no_keyspace(const std::string& keyspace) {
  return {errc::no_keyspace, "there is no keyspace " + keyspace +
                                 ": create it, or let `helenus migrate --replication auto` do it"};
}

/// One migration that has the lock, from the first step to the last.
class migration {
 public:
  migration(boost::asio::any_io_executor executor, base::clock& clock, cql::session& session,
            migration_options options, migration_listener tell)
      : executor_(std::move(executor)),
        clock_(clock),
        session_(session),
        options_(std::move(options)),
        tell_(std::move(tell)),
        ask_(session, options_.keyspace),
        owner_(base::uuid_source().next(clock.wall_now())) {}

  task<void> run() {
    CO_TRY_VOID(co_await make_keyspace());
    CO_TRY(steps, co_await plan());
    if (steps.empty()) {
      tell_("the schema of keyspace " + options_.keyspace + " is current");
      co_return result<void>{};
    }
    CO_TRY_VOID(co_await change(create_table(options_.keyspace, lock_table())));
    schema_lock_keeper lock(ask_, clock_, own_lock(ask_, options_.keyspace), owner_,
                            options_.holder);
    CO_TRY_VOID(co_await agree());
    CO_TRY_VOID(co_await lock.take(tell_));
    CO_TRY_VOID(co_await while_locked(executor_, lock, keep_reaper_away()));
    tell_("the schema of keyspace " + options_.keyspace + " is current");
    co_return result<void>{};
  }

 private:
  task<std::vector<migration_step>> plan() {
    CO_TRY(found, co_await read_schema(session_, options_.keyspace));
    if (!found.keyspace_exists) co_return no_keyspace(options_.keyspace);
    co_return plan_migration(options_.keyspace, found);
  }

  task<void> make_keyspace() {
    CO_TRY(found, co_await read_schema(session_, options_.keyspace));
    if (found.keyspace_exists) co_return result<void>{};
    if (!options_.replication) co_return no_keyspace(options_.keyspace);
    auto copies = *options_.replication;
    if (copies.empty()) {
      CO_TRY(nodes, co_await count_nodes(session_));
      copies = sensible_replication(nodes);
    }
    co_return co_await change(create_keyspace(options_.keyspace, copies));
  }

  /// A Reaper that starts meanwhile waits for the lock that it knows.
  task<void> keep_reaper_away() {
    for (const auto& one : reaper_tables()) {
      if (one.name != "schema_migration_leader") continue;
      CO_TRY_VOID(co_await change(create_table(options_.keyspace, one)));
    }
    schema_lock_keeper lock(ask_, clock_, reaper_lock(ask_, options_.keyspace), owner_,
                            options_.holder);
    CO_TRY_VOID(co_await agree());
    CO_TRY_VOID(co_await lock.take(tell_));
    co_return co_await while_locked(executor_, lock, all_steps());
  }

  task<void> all_steps() {
    std::optional<migration_step> refused;
    for (int round = 0; round < most_rounds; ++round) {
      CO_TRY_VOID(co_await agree());
      CO_TRY(steps, co_await plan());
      if (steps.empty()) co_return result<void>{};
      for (const auto& step : steps) {
        const auto done = co_await carry_out(step);
        if (done) continue;
        // Who knows no lock may just have done this step: then it is not planned any more.
        if (refused == step || !may_be_done_already(done.error())) {
          co_return explained(step, done.error());
        }
        refused = step;
        break;
      }
    }
    co_return error{errc::unavailable,
                    "somebody else keeps changing the schema of keyspace " + options_.keyspace};
  }

  static bool may_be_done_already(const error& failure) {
    return failure.code == make_error_code(cql::errc::already_exists) ||
           failure.code == make_error_code(cql::errc::invalid);
  }
  static error explained(const migration_step& step, error failure) {
    return base::with_context(as_storage_error(std::move(failure)), to_text(step));
  }

  /// A change waits for the nodes that we are connected to. All others, such as those of other data
  /// centers, hear of it within a second or two, and have to know it before they can answer for
  /// rows: they are waited for then, and not after every change.
  task<void> agree() {
    if (agreed_) co_return result<void>{};
    const auto agreed = co_await session_.agree_on_schema();
    if (!agreed) {
      co_return base::with_context(as_storage_error(agreed.error()),
                                   "waiting for all nodes to know the schema");
    }
    agreed_ = true;
    co_return result<void>{};
  }

  /// The errors are those of CQL, or of storage.
  task<void> carry_out(migration_step step) {
    if (step.kind == step_kind::change_schema) {
      agreed_ = false;
    } else {
      CO_TRY_VOID(co_await agree());
    }
    switch (step.kind) {
      case step_kind::change_schema:
        co_return co_await announced(to_text(step),
                                     heard_out(session_.change_schema(step.statement)));
      case step_kind::write:
        co_return co_await announced(to_text(step), ask_.write(step.statement, {}));
      default:
        co_return co_await announced(to_text(step),
                                     move_rows(session_, options_.keyspace, step.kind));
    }
  }
  task<void> change(std::string statement) {
    agreed_ = false;
    auto changed = co_await announced(statement, heard_out(session_.change_schema(statement)));
    if (!changed && changed.error().code != make_error_code(cql::errc::already_exists)) {
      co_return explained({step_kind::change_schema, std::move(statement)}, changed.error());
    }
    co_return result<void>{};
  }
  /// Nodes go on with a change whose answer nobody waits for. Whoever takes over the lock must not
  /// begin with the same one meanwhile: cancellation waits until it has ended.
  task<void> heard_out(task<void> change) {
    std::optional<result<void>> outcome;
    base::event ended(executor_);
    base::task_group group(executor_);
    group.spawn("change schema", note_end(std::move(change), outcome, ended));
    CO_TRY_VOID(co_await base::finally(end_of(ended), [&]() -> task<void> {
      if (!outcome) co_await base::with_timeout(clock_, end_of(ended), last_words, "its end");
      group.cancel();
      co_return co_await group.join();
    }));
    co_return *outcome;
  }
  static task<void> note_end(task<void> work, std::optional<result<void>>& outcome,
                             base::event& ended) {
    outcome = co_await std::move(work);
    ended.set();
    co_return result<void>{};
  }
  static task<void> end_of(base::event& ended) {
    co_await ended.wait();
    co_return result<void>{};
  }
  task<void> announced(std::string what, task<void> work) {
    tell_(what);
    auto done = co_await std::move(work);
    if (done) tell_("done");
    co_return done;
  }

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  cql::session& session_;
  migration_options options_;
  migration_listener tell_;
  requests ask_;
  base::uuid owner_;
  bool agreed_ = false;  ///< since the last change
};

}  // namespace

task<void> migrate(boost::asio::any_io_executor executor, base::clock& clock, cql::session& session,
                   migration_options options, migration_listener tell) {
  migration all(std::move(executor), clock, session, std::move(options), std::move(tell));
  co_return co_await all.run();
}

task<std::vector<std::string>> explain_migration(cql::session& session, migration_options options) {
  std::vector<std::string> statements;
  CO_TRY(found, co_await read_schema(session, options.keyspace));
  if (!found.keyspace_exists) {
    if (!options.replication) co_return no_keyspace(options.keyspace);
    CO_TRY(nodes, co_await count_nodes(session));
    const auto copies =
        options.replication->empty() ? sensible_replication(nodes) : *options.replication;
    statements.push_back(create_keyspace(options.keyspace, copies));
  }
  auto steps = plan_migration(options.keyspace, found);
  if (!steps) co_return steps.error();
  for (const auto& step : *steps) statements.push_back(to_text(step));
  co_return statements;
}

task<void> verify_schema(cql::session& session, std::string keyspace) {
  CO_TRY(found, co_await read_schema(session, keyspace));
  if (!found.keyspace_exists) co_return no_keyspace(keyspace);
  const auto steps = plan_migration(keyspace, found);
  if (!steps) co_return steps.error();
  if (steps->empty()) co_return result<void>{};
  co_return error{
      errc::old_schema,
      "the schema of keyspace " + keyspace + " lacks " + std::to_string(steps->size()) +
          " steps; `helenus migrate` carries them out, first: " + to_text(steps->front())};
}

std::map<std::string, int> sensible_replication(const std::map<std::string, int>& nodes) {
  std::map<std::string, int> copies;
  for (const auto& [datacenter, count] : nodes) copies[datacenter] = std::min(count, 3);
  return copies;
}

}  // namespace helenus::storage::cassandra
