#include "management/http/http_node_calls.h"

#include "management/errc.h"
#include "management/http/http_connector.h"
#include "management/link/link_connector.h"
#include "support/run.h"
#include "unit/management/http/scripted_api.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace helenus::management::http {
namespace {

using namespace std::chrono_literals;
using model::command_state;

template <class Event>
bool is(const model::repair_event& event) {
  return std::holds_alternative<Event>(event);
}

/// The seam over a scripted management API, in virtual time.
struct http_node_calls_test : ::testing::Test {
  http_node_calls_test() {
    auto scripted = std::make_unique<scripted_api_dialer>(context.get_executor(), clock, options);
    scripted->apis["10.0.0.1"] = &api;
    const auto where = [this](const model::cluster& of, const model::node_address& address) {
      return target_of(options, of, address);
    };
    connector.emplace(context.get_executor(), clock, options.links, where, std::move(scripted));
    cluster.name = "testcluster";
  }

  void run(task<void> scene) {
    auto closing = base::finally(
        std::move(scene), [this]() -> task<void> { co_return co_await connector->close_all(); });
    const auto outcome = test::run(context, clock, std::move(closing), 24h);
    EXPECT_TRUE(outcome.has_value()) << outcome.error().message();
  }

  std::shared_ptr<node_client> client() { return connector->client(cluster, "10.0.0.1"); }
  static repair_request request() {
    repair_request wanted;
    wanted.keyspace = "ks";
    wanted.tables = {"t"};
    wanted.ranges = {{model::token(1), model::token(2)}};
    return wanted;
  }
  long count_asked(const std::string& line) const {
    return std::count(api.asked.begin(), api.asked.end(), line);
  }

  boost::asio::io_context context;
  base::virtual_clock clock;
  scripted_api api;
  http_management_options options;
  std::optional<link::link_connector> connector;
  model::cluster cluster;
};

constexpr const char* job_seven = "GET /api/v0/ops/executor/job?job_id=repair-7";

TEST_F(http_node_calls_test, a_node_says_who_it_is_and_when_it_started) {
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(who, co_await test.client()->identity());
    EXPECT_EQ(who.id.value().to_string(), test.api.host_id);
    EXPECT_EQ(who.cluster_name, "Test Cluster");
    EXPECT_EQ(who.jvm_start.time_since_epoch(), std::chrono::seconds(1'700'000'000));
    CO_TRY(pending, co_await test.client()->pending_compactions());
    EXPECT_EQ(pending, 3);
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, keyspaces_that_each_node_has_for_itself_are_left_out) {
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(names, co_await test.client()->keyspaces());
    EXPECT_EQ(names, (std::vector<std::string>{"ks", "system_auth"}));
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, the_changes_of_a_job_are_told_once_and_in_order) {
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    EXPECT_EQ(session->command().number, 7);
    test.api.job(7, "WAITING", {"START"});
    CO_TRY(first, co_await session->next());
    EXPECT_TRUE(is<model::command_started>(first));
    test.api.job(7, "COMPLETED", {"START", "SUCCESS", "COMPLETE"});
    CO_TRY(second, co_await session->next());
    CO_TRY(third, co_await session->next());
    EXPECT_TRUE(is<model::command_succeeded>(second));
    EXPECT_TRUE(is<model::command_completed>(third));
    const auto over = co_await session->next();
    EXPECT_EQ(over.error().code, base::errc::closed);
    const auto before = test.count_asked(job_seven);
    co_await test.clock.sleep_for(1min);
    EXPECT_EQ(test.count_asked(job_seven), before) << "nobody asks about an ended command";
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, a_short_repair_is_noticed_soon_and_a_long_one_costs_little) {
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.api.job(7, "COMPLETED", {"START", "SUCCESS", "COMPLETE"});
    const auto begin = test.clock.now();
    CO_TRY(event, co_await session->next());
    EXPECT_LE(test.clock.now() - begin, 20ms);

    CO_TRY(longer, co_await test.client()->start_repair(request()));
    const auto asked = test.api.asked.size();
    const auto silent = co_await base::with_timeout(
        test.clock,
        [](repair_session& quiet) -> task<void> {
          for (;;) {
            CO_TRY(running, co_await quiet.next());
          }
        }(*longer),
        10min, "the end");
    EXPECT_TRUE(silent.has_error());
    EXPECT_LE(test.api.asked.size() - asked, 230U) << "a job every 5 s, a sign of life every 10";
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, an_error_that_the_completion_hides_is_a_failure) {
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    // As servers that do not list errors: the completion made the status good.
    test.api.job(7, "COMPLETED", {"START", "COMPLETE"});
    std::optional<model::command_answer> answer;
    while (!answer) {
      CO_TRY(event, co_await session->next());
      EXPECT_FALSE(is<model::command_succeeded>(event));
      if (const auto* said = std::get_if<model::command_answer>(&event)) answer = *said;
    }
    EXPECT_EQ(answer->state, command_state::failed);
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, a_node_without_anything_to_repair_says_number_zero) {
  api.next_command = 0;
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    EXPECT_EQ(session->command().number, 0);
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, a_lost_answer_leaves_open_whether_the_repair_began) {
  api.loses_answers = true;
  run([](http_node_calls_test& test) -> task<void> {
    const auto lost = co_await test.client()->start_repair(request());
    EXPECT_EQ(lost.error().code, errc::start_uncertain);
    EXPECT_EQ(test.api.bodies.size(), 1U) << "never repeated";
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, a_request_that_could_not_be_sent_began_nothing) {
  run([](http_node_calls_test& test) -> task<void> {
    EXPECT_TRUE((co_await test.client()->running_repairs()).has_value());
    for (const auto why : {net::errc::refused, net::errc::connect_timed_out}) {
      test.api.down = error{why, "no"};
      const auto refused = co_await test.client()->start_repair(request());
      EXPECT_EQ(refused.error().code, errc::node_unreachable);
      const auto away = co_await test.client()->pending_compactions();
      EXPECT_TRUE(away.has_error()) << "the connection counts as lost";
      test.api.down.reset();
      co_await test.clock.sleep_for(2min);
      EXPECT_TRUE((co_await test.client()->running_repairs()).has_value());
    }
    test.api.down = error{net::errc::connection_lost, "reset"};
    const auto open = co_await test.client()->start_repair(request());
    EXPECT_EQ(open.error().code, errc::start_uncertain);
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, a_repair_whose_number_was_not_heard_is_found) {
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(known, co_await test.client()->start_repair(request()));
    test.api.job(7, "COMPLETED", {"START", "SUCCESS", "COMPLETE"});
    co_await test.clock.sleep_for(5s);
    test.api.loses_answers = true;
    const auto lost = co_await test.client()->start_repair(request());
    EXPECT_EQ(lost.error().code, errc::start_uncertain);
    CO_TRY(running, co_await test.client()->running_repairs());
    EXPECT_EQ(running.size(), 1U);
    EXPECT_EQ(running.empty() ? 0 : running.front().number, 8);
    CO_TRY(left, co_await test.client()->cancel({known->command()}, {known->command()}));
    EXPECT_EQ(left, cancel_outcome::not_running);
    test.api.job(8, "COMPLETED", {"START", "COMPLETE"});
    CO_TRY(ended, co_await test.client()->running_repairs());
    EXPECT_TRUE(ended.empty());
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, repairs_after_the_newest_of_ours_are_looked_for_in_moderation) {
  api.job(5, "WAITING", {"START"});
  api.job(8, "WAITING", {"START"});  // 6 and 7 are of nodetool
  api.job(9, "COMPLETED", {"SUCCESS", "COMPLETE"});
  api.job(13, "WAITING", {"START"});  // too far away
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(who, co_await test.client()->identity());
    CO_TRY(ours, co_await test.client()->attach({who.id, 5, who.jvm_start}));
    EXPECT_TRUE((co_await ours->next()).has_value());
    EXPECT_TRUE((co_await ours->next()).has_value());
    CO_TRY(running, co_await test.client()->running_repairs());
    std::vector<std::int32_t> numbers;
    for (const auto& repair : running) numbers.push_back(repair.number);
    EXPECT_EQ(numbers, (std::vector<std::int32_t>{5, 8}));
    CO_TRY(left, co_await test.client()->cancel(ours->command(), {ours->command()}));
    EXPECT_EQ(left, cancel_outcome::left_running);
    for (int number = 6; number < 1000; ++number) {
      test.api.job(number, "COMPLETED", {"SUCCESS", "COMPLETE"});
    }
    const auto before = test.api.asked.size();
    EXPECT_TRUE((co_await test.client()->running_repairs()).has_value());
    EXPECT_LE(test.api.asked.size() - before, 32U);
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, numbers_of_another_process_are_not_gone_on_from) {
  run([](http_node_calls_test& test) -> task<void> {
    EXPECT_TRUE((co_await test.client()->start_repair(request())).has_value());
    test.api.pid = "";
    co_await test.clock.sleep_for(30s);
    test.api.pid = "42";
    test.api.start = "1.8E9";
    test.api.jobs.clear();
    test.api.job(1, "WAITING", {"START"});
    co_await test.clock.sleep_for(2min);
    CO_TRY(running, co_await test.client()->running_repairs());
    EXPECT_EQ(running.size(), 1U);
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, an_internal_failure_leaves_it_open_too_and_a_refusal_does_not) {
  run([](http_node_calls_test& test) -> task<void> {
    test.api.says["PUT /api/v2/repairs"] = {.status = 500, .body = "Query timed out after PT2M"};
    const auto open = co_await test.client()->start_repair(request());
    EXPECT_EQ(open.error().code, errc::start_uncertain);
    EXPECT_NE(open.error().message().find("Query timed out after PT2M"), std::string::npos);
    test.api.says["PUT /api/v2/repairs"] = {.status = 400, .body = "no"};
    const auto refused = co_await test.client()->start_repair(request());
    EXPECT_EQ(refused.error().code, errc::refused_by_node);
    test.api.says["PUT /api/v2/repairs"] = {.status = 404, .body = "an old API"};
    const auto too_old = co_await test.client()->start_repair(request());
    EXPECT_EQ(too_old.error().code, errc::refused_by_node);
    auto nowhere = request();
    nowhere.keyspace = "dropped";
    test.api.says["PUT /api/v2/repairs"] = {.status = 500, .body = "Unknown keyspace dropped"};
    const auto unknown = co_await test.client()->start_repair(nowhere);
    EXPECT_EQ(unknown.error().code, errc::unknown_keyspace);
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, whoever_attaches_follows_the_command_to_its_end) {
  api.job(5, "WAITING", {"START"});
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(who, co_await test.client()->identity());
    CO_TRY(session, co_await test.client()->attach({who.id, 5, who.jvm_start}));
    CO_TRY(lost, co_await session->next());
    EXPECT_TRUE(is<model::events_lost>(lost));
    CO_TRY(answer, co_await session->next());
    EXPECT_EQ(std::get<model::command_answer>(answer).state, command_state::running);
    const auto begin = test.clock.now();
    test.api.job(5, "COMPLETED", {"START", "SUCCESS", "COMPLETE"});
    CO_TRY(started, co_await session->next());
    CO_TRY(good, co_await session->next());
    EXPECT_TRUE(is<model::command_succeeded>(good));
    EXPECT_LE(test.clock.now() - begin, 6s);
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, a_job_that_is_gone_is_no_proof_of_anything) {
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.api.jobs.clear();
    CO_TRY(lost, co_await session->next());
    EXPECT_TRUE(is<model::events_lost>(lost));
    CO_TRY(answer, co_await session->next());
    EXPECT_EQ(std::get<model::command_answer>(answer).state, command_state::unknown);
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, a_restarted_cassandra_ends_its_commands) {
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.api.pid = "";  // the server of the API answers, Cassandra does not run
    co_await test.clock.sleep_for(30s);
    test.api.pid = "42";  // a container gives it the same number again
    test.api.start = "1.8E9";
    test.api.jobs.clear();
    test.api.job(7, "COMPLETED", {"SUCCESS", "COMPLETE"});  // of somebody else
    for (;;) {
      const auto event = co_await session->next();
      if (!event) continue;
      EXPECT_FALSE(is<model::command_succeeded>(*event));
      if (is<model::coordinator_restarted>(*event)) break;
    }
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, a_command_is_followed_again_after_an_outage_of_the_api) {
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.api.down = error{net::errc::refused, "refused"};
    const auto unreachable = co_await session->next();
    EXPECT_TRUE(unreachable.has_error());
    test.api.job(7, "COMPLETED", {"START", "SUCCESS", "COMPLETE"});
    test.api.down.reset();
    for (;;) {
      const auto event = co_await session->next();
      if (!event) continue;
      const auto* answer = std::get_if<model::command_answer>(&*event);
      if (answer == nullptr) continue;
      EXPECT_EQ(answer->state, command_state::succeeded);
      break;
    }
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test,
       without_the_start_in_the_metrics_a_new_connection_believes_nothing_old) {
  api.start = "";
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.api.down = error{net::errc::refused, "refused"};
    const auto unreachable = co_await session->next();
    EXPECT_TRUE(unreachable.has_error());
    test.api.down.reset();
    for (;;) {
      const auto event = co_await session->next();
      if (event && is<model::coordinator_restarted>(*event)) break;
    }
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, metrics_that_fail_for_a_moment_do_not_give_up_a_repair_that_runs) {
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.api.down = error{net::errc::refused, "refused"};
    EXPECT_TRUE((co_await session->next()).has_error());
    test.api.down.reset();
    test.api.no_metrics = error{net::errc::refused, "refused"};
    EXPECT_TRUE((co_await session->next()).has_error());
    test.api.no_metrics.reset();
    test.api.job(7, "COMPLETED", {"START", "SUCCESS", "COMPLETE"});
    std::optional<model::command_answer> answer;
    for (int time = 0; time < 20 && !answer; ++time) {
      const auto event = co_await session->next();
      if (!event) continue;
      EXPECT_FALSE(is<model::coordinator_restarted>(*event));
      if (const auto* said = std::get_if<model::command_answer>(&*event)) answer = *said;
    }
    EXPECT_TRUE(answer && answer->state == command_state::succeeded);
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, a_command_is_stopped_when_no_other_is_known_to_run) {
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(first, co_await test.client()->start_repair(request()));
    CO_TRY(second, co_await test.client()->start_repair(request()));
    CO_TRY(left, co_await test.client()->cancel(first->command(), {first->command()}));
    EXPECT_EQ(left, cancel_outcome::left_running);
    EXPECT_EQ(test.api.terminations, 0);
    CO_TRY(both,
           co_await test.client()->cancel(first->command(), {first->command(), second->command()}));
    EXPECT_EQ(both, cancel_outcome::cancelled);
    EXPECT_EQ(test.api.terminations, 1);
    co_return result<void>{};
  }(*this));
}

/// As when a command failed before the API listened.
TEST_F(http_node_calls_test, a_job_that_never_ends_does_not_hold_the_node_once_it_was_stopped) {
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(stuck, co_await test.client()->start_repair(request()));
    CO_TRY(stopped, co_await test.client()->cancel(stuck->command(), {stuck->command()}));
    EXPECT_EQ(stopped, cancel_outcome::cancelled);
    CO_TRY_VOID(co_await stuck->close());
    CO_TRY(next, co_await test.client()->start_repair(request()));
    CO_TRY(also, co_await test.client()->cancel(next->command(), {next->command()}));
    EXPECT_EQ(also, cancel_outcome::cancelled) << "no other command runs";
    CO_TRY_VOID(co_await next->close());
    CO_TRY(running, co_await test.client()->running_repairs());
    EXPECT_TRUE(running.empty());
    co_await test.clock.sleep_for(1min);
    const auto before = test.count_asked(job_seven);
    co_await test.clock.sleep_for(1min);
    EXPECT_EQ(test.count_asked(job_seven), before);
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, a_stopped_command_says_its_end) {
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    CO_TRY(stopped, co_await test.client()->cancel(session->command(), {session->command()}));
    EXPECT_EQ(stopped, cancel_outcome::cancelled);
    test.api.job(7, "COMPLETED", {"START", "ERROR", "COMPLETE"});
    CO_TRY(started, co_await session->next());
    EXPECT_TRUE(is<model::command_started>(started));
    CO_TRY(failed, co_await session->next());
    EXPECT_TRUE(is<model::command_failed>(failed));
    co_return result<void>{};
  }(*this));
}

/// A process that was replaced between two signs of life, in a container that gives it the same
/// pid.
TEST_F(http_node_calls_test, a_job_of_the_same_number_that_was_submitted_later_is_another_one) {
  run([](http_node_calls_test& test) -> task<void> {
    CO_TRY(session, co_await test.client()->start_repair(request()));
    test.api.job(7, "WAITING", {"START"});
    CO_TRY(started, co_await session->next());
    EXPECT_TRUE(is<model::command_started>(started));
    test.api.submitted = "2";
    test.api.job(7, "COMPLETED", {"START", "SUCCESS", "COMPLETE"});
    CO_TRY(lost, co_await session->next());
    EXPECT_TRUE(is<model::events_lost>(lost));
    CO_TRY(answer, co_await session->next());
    EXPECT_EQ(std::get<model::command_answer>(answer).state, command_state::unknown);
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, who_is_not_a_node_is_told_from_one_that_is_away) {
  const auto failure = [this](boost::system::error_code why) {
    boost::asio::io_context alone;
    api.down = error{why, "why"};
    auto ask = [this](service to, ::helenus::http::request what) {
      return [](scripted_api* of, service which,
                ::helenus::http::request asked) -> task<::helenus::http::response> {
        co_return of->answer(which, asked);
      }(&api, to, std::move(what));
    };
    http_node_calls calls(alone.get_executor(), clock, ask, options);
    return test::run(alone, clock, calls.identity()).error().code;
  };
  EXPECT_EQ(failure(net::errc::refused), errc::node_unreachable);
  EXPECT_EQ(failure(net::errc::name_not_found), errc::node_unreachable);
  EXPECT_EQ(failure(net::errc::tls_untrusted), errc::tls_failed);
  EXPECT_EQ(failure(net::errc::tls_rejected), errc::tls_failed);
  EXPECT_EQ(failure(base::errc::timed_out), errc::call_timed_out);
  EXPECT_EQ(failure(boost::system::errc::make_error_code(boost::system::errc::bad_message)),
            errc::not_a_node);
}

TEST_F(http_node_calls_test, cassandra_that_does_not_run_is_said_so) {
  api.pid = "";
  run([](http_node_calls_test& test) -> task<void> {
    const auto who = co_await test.client()->identity();
    EXPECT_EQ(who.error().code, errc::node_unreachable);
    EXPECT_NE(who.error().message().find("Cassandra does not run behind the management API"),
              std::string::npos);
    co_return result<void>{};
  }(*this));
}

TEST_F(http_node_calls_test, compactions_that_the_metrics_do_not_tell_are_not_taken_for_none) {
  run([](http_node_calls_test& test) -> task<void> {
    test.api.no_metrics = error{net::errc::refused, "refused"};
    const auto refused = co_await test.client()->pending_compactions();
    EXPECT_EQ(refused.error().code, errc::node_unreachable);
    test.api.no_metrics.reset();
    test.api.pending = "NaN";
    const auto unknown = co_await test.client()->pending_compactions();
    EXPECT_EQ(unknown.error().code, errc::unexpected_answer);
    co_return result<void>{};
  }(*this));
}

}  // namespace
}  // namespace helenus::management::http
