#include "management/http/http_node_calls.h"

#include "base/log.h"
#include "http/target.h"
#include "management/errc.h"
#include "management/http/api_values.h"
#include "management/http/metrics_text.h"
#include "net/errc.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <limits>
#include <utility>

namespace helenus::management::http {
namespace {

using ::helenus::http::method;
using ::helenus::http::percent_encode;
using ::helenus::http::request;
using ::helenus::http::response;

using namespace std::chrono_literals;

constexpr const char* pid_path = "/api/v0/lifecycle/pid";

/// Within which a command that was stopped says its end.
constexpr auto stopping = 30s;
constexpr std::size_t remembered_jobs = 256;

/// Of numbers after the newest that is known: how many without a job are the end, and how many are
/// looked at.
constexpr int most_missing = 3;
constexpr int most_looked_for = 30;

/// Keyspaces that every node has for itself: LocalStrategy, which the API does not tell.
constexpr std::array<std::string_view, 4> local_keyspaces{"system", "system_schema", "system_views",
                                                          "system_virtual_schema"};

/// What a failure to talk HTTP means to somebody who talks to a node.
errc meaning(const boost::system::error_code& failure) {
  if (failure == base::errc::timed_out) return errc::call_timed_out;
  if (failure.category() != net::category()) return errc::not_a_node;
  switch (static_cast<net::errc>(failure.value())) {
    case net::errc::closed_by_peer:
    case net::errc::connection_lost:
    case net::errc::closed:
      return errc::connection_lost;
    case net::errc::not_tls:
    case net::errc::tls_untrusted:
    case net::errc::tls_wrong_name:
    case net::errc::tls_rejected:
    case net::errc::tls_failed:
    case net::errc::certificate_unreadable:
      return errc::tls_failed;
    default:
      return errc::node_unreachable;
  }
}

/// What a status that is no success means, for questions.
error refusal(const std::string& path, const response& answer) {
  const auto said = "the management API answers " + path + " with " +
                    std::to_string(answer.status) + ": " + link::failure_reason(answer.body);
  if (answer.status == 401 || answer.status == 403) return {errc::authentication_failed, said};
  if (answer.status == 404) return {errc::not_a_node, said};
  return {errc::refused_by_node, said};
}

bool succeeded(const response& answer) { return answer.status >= 200 && answer.status < 300; }

std::string trimmed(const std::string& text) {
  constexpr auto around = " \t\r\n\"";
  const auto begin = text.find_first_not_of(around);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(around) - begin + 1);
}

}  // namespace

/// What the jobs of the followed commands say, in turn.
class job_events final : public link::node_events {
 public:
  job_events(http_node_calls& calls, bool resumed) : calls_(calls), resumed_(resumed) {}

  task<std::variant<link::progress_event, link::events_missed>> next() override {
    // Another connection followed the commands until now: who waits for one asks for it, so that it
    // is followed here.
    if (std::exchange(resumed_, false)) {
      co_return link::events_missed{"the connection to the management API is a new one"};
    }
    for (;;) {
      if (!said_.empty()) {
        auto event = std::move(said_.front());
        said_.pop_front();
        co_return event;
      }
      const auto due = std::min_element(
          calls_.followed_.begin(), calls_.followed_.end(),
          [](const auto& left, const auto& right) { return left.second.due < right.second.due; });
      if (due == calls_.followed_.end()) {
        co_await calls_.more_to_follow_.wait();
      } else if (due->second.due > calls_.clock_.now()) {
        co_await calls_.more_to_follow_.wait_until(calls_.clock_, due->second.due);
      } else {
        CO_TRY(lost, co_await look(due->first));
        if (lost) co_return link::events_missed{"the node has no job of a command any more"};
      }
    }
  }
  std::int64_t next_sequence() const override { return 0; }

 private:
  /// Whether the job is gone. What the node cannot say now is asked again.
  task<bool> look(std::int32_t command) {
    auto job = co_await calls_.job(command);
    const auto found = calls_.followed_.find(command);
    if (found == calls_.followed_.end()) co_return false;
    auto& known = found->second;
    if (job && !*job) {
      calls_.followed_.erase(found);
      co_return true;
    }
    known.wait = std::min(known.wait * 5 / 4, calls_.polling_.longest);
    known.due = calls_.clock_.now() + known.wait;
    if (!job) {
      if (!calls_.is_open()) co_return job.error();
      co_return false;
    }
    for (auto& event : events_of(**job, command, known.told)) said_.push_back(std::move(event));
    known.told = (*job)->changes.size();
    const bool never_ends = known.ends_by && *known.ends_by <= calls_.clock_.now();
    if (never_ends || has_ended(**job)) calls_.followed_.erase(found);
    co_return false;
  }

  http_node_calls& calls_;
  bool resumed_;
  std::deque<link::progress_event> said_;
};

http_node_calls::http_node_calls(boost::asio::any_io_executor executor, base::clock& clock,
                                 exchange ask, const http_management_options& options)
    : clock_(clock),
      ask_(std::move(ask)),
      watch_interval_(options.watch_interval),
      polling_(options.polling),
      break_(executor),
      more_to_follow_(executor) {}

/// The process that runs behind the API must stay the same: when Cassandra ends, its jobs are gone.
task<void> http_node_calls::watch() {
  while (!broken_) {
    co_await break_.wait_until(clock_, clock_.now() + watch_interval_);
    if (broken_) break;
    auto pid = co_await get(pid_path);
    if (!pid) {
      broken_ = pid.error();
    } else if (trimmed(*pid) != pid_) {
      broken_ = error{errc::connection_lost, "Cassandra ended behind the management API"};
    }
  }
  co_return *broken_;
}

task<void> http_node_calls::close() {
  if (!broken_) broken_ = error{base::errc::closed, "the connection was closed"};
  break_.set();
  co_return result<void>{};
}

/// An error node_unreachable says that nothing was sent.
task<response> http_node_calls::transmit(service to, request what) {
  auto answer = co_await ask_(to, std::move(what));
  if (answer) co_return answer;
  const error failure{meaning(answer.error().code), answer.error().message()};
  // Other connections tell by their end that a node is gone.
  const bool is_gone =
      failure.code == errc::node_unreachable || failure.code == errc::connection_lost;
  if (to == service::api && is_gone && !pid_.empty()) {
    if (!broken_) broken_ = error{errc::connection_lost, failure.detail};
    break_.set();
  }
  co_return failure;
}

task<response> http_node_calls::send(service to, request what) {
  if (broken_) co_return error{errc::connection_lost, broken_->message()};
  auto answer = co_await transmit(to, std::move(what));
  if (answer || !broken_ || to != service::api) co_return answer;
  co_return error{errc::connection_lost, answer.error().detail};
}

/// The body of a successful answer.
task<std::string> http_node_calls::get(std::string path, service from) {
  CO_TRY(answer, co_await send(from, {.verb = method::get, .raw_target = path}));
  if (!succeeded(answer)) co_return refusal(path, answer);
  co_return std::move(answer.body);
}

task<std::string> http_node_calls::metrics(std::string_view name) {
  return get("/metrics?name=" + percent_encode(name), service::metrics);
}

task<node_identity> http_node_calls::identity() {
  CO_TRY(pid, co_await send(service::api, {.verb = method::get, .raw_target = pid_path}));
  if (pid.status == 404) co_return refusal(pid_path, pid);
  if (pid.status != 200 || trimmed(pid.body).empty()) {
    co_return error{errc::node_unreachable, "Cassandra does not run behind the management API: " +
                                                std::to_string(pid.status) + " " +
                                                link::failure_reason(pid.body)};
  }
  CO_TRY(answer, co_await send(service::api,
                               {.verb = method::get, .raw_target = "/api/v0/metadata/endpoints"}));
  if (!succeeded(answer)) {
    co_return error{errc::node_unreachable,
                    refusal("/api/v0/metadata/endpoints", answer).message()};
  }
  CO_TRY(endpoints, read_endpoints(answer.body));
  CO_TRY(identity, read_identity(endpoints));
  if (pid_.empty()) pid_ = trimmed(pid.body);
  if (!start_) CO_TRY_VOID(co_await find_start());
  identity.jvm_start = *start_;
  identity.start_is_known = start_is_known_;
  co_return identity;
}

/// Two processes of a node are told apart by the start of their JVM, which only the metrics know.
/// Without it nothing is believed that an earlier connection heard.
task<void> http_node_calls::find_start() {
  constexpr std::string_view name = "process_start_time_seconds";
  const auto text = co_await metrics(name);
  const auto seconds = text ? sum_of(*text, name) : std::nullopt;
  if (seconds && *seconds > 0 && *seconds < 1e11) {
    start_ = model::wall_time(std::chrono::milliseconds(std::llround(*seconds * 1000)));
    co_return result<void>{};
  }
  base::log_warn("management",
                 "the metrics of a node do not say when it started: repairs that run when the "
                 "connection is lost will be repeated",
                 {{"error", text ? "no " + std::string(name) : text.error().message()}});
  start_ = clock_.wall_now();
  start_is_known_ = false;
  co_return result<void>{};
}

task<link::ring_facts> http_node_calls::ring_facts() {
  CO_TRY(json, co_await get("/api/v0/metadata/endpoints"));
  CO_TRY(endpoints, read_endpoints(json));
  co_return read_ring_facts(endpoints);
}

task<std::vector<link::range_fact>> http_node_calls::ranges(std::string keyspace) {
  CO_TRY(json,
         co_await get("/api/v2/tokens/rangetoendpoint?keyspaceName=" + percent_encode(keyspace)));
  co_return read_ranges(json);
}

task<std::vector<std::string>> http_node_calls::keyspaces() {
  CO_TRY(json, co_await get("/api/v0/ops/keyspace?keyspaceName="));
  CO_TRY(names, read_names(json));
  std::erase_if(names, [](const std::string& name) {
    return std::find(local_keyspaces.begin(), local_keyspaces.end(), name) != local_keyspaces.end();
  });
  co_return std::move(names);
}

task<std::vector<model::table>> http_node_calls::tables(std::string keyspace) {
  CO_TRY(json, co_await get("/api/v1/ops/tables?keyspaceName=" + percent_encode(keyspace)));
  co_return read_tables(keyspace, json);
}

task<tables_by_keyspace> http_node_calls::all_tables() {
  CO_TRY(json, co_await get("/api/v0/ops/keyspace?keyspaceName="));
  CO_TRY(keyspaces, read_names(json));
  tables_by_keyspace tables;
  for (const auto& keyspace : keyspaces) {
    CO_TRY(list, co_await get("/api/v0/ops/tables?keyspaceName=" + percent_encode(keyspace)));
    CO_TRY(names, read_names(list));
    if (!names.empty()) tables[keyspace] = std::move(names);
  }
  co_return std::move(tables);
}

task<int> http_node_calls::pending_compactions() {
  constexpr std::string_view pending = "org_apache_cassandra_metrics_compaction_pending_tasks";
  CO_TRY(text, co_await metrics(pending));
  const auto count = sum_of(text, pending);
  if (count && *count >= 0 && *count < 1e9) co_return static_cast<int>(*count);
  co_return error{errc::unexpected_answer,
                  "the metrics of the node have no " + std::string(pending)};
}

task<std::vector<link::running_compaction>> http_node_calls::compactions() {
  co_return error{errc::unsupported, "the management API stops no compaction"};
}

task<void> http_node_calls::stop_compaction(std::string) {
  co_return error{errc::unsupported, "the management API stops no compaction"};
}

task<std::int32_t> http_node_calls::repair_async(repair_request request, bool) {
  constexpr const char* path = "/api/v2/repairs";
  if (broken_) co_return error{errc::node_unreachable, broken_->message()};
  CO_TRY(answer, co_await transmit(service::api, {.verb = method::put,
                                                  .raw_target = path,
                                                  .headers = {{"Content-Type", "application/json"}},
                                                  .body = repair_body(request)}));
  if (!succeeded(answer)) {
    // An internal failure may have come after the repair began.
    co_return error{answer.status >= 500 ? errc::unexpected_answer : errc::refused_by_node,
                    refusal(path, answer).detail};
  }
  CO_TRY(id, read_repair_id(answer.body));
  CO_TRY(number, command_of_job(id));
  submitted_.erase(number);
  followed_.erase(number);
  if (number != 0) follow(number);
  co_return number;
}

void http_node_calls::follow(std::int32_t command) {
  const auto due = clock_.now() + polling_.first;
  if (followed_.insert({command, {0, due, polling_.first, {}}}).second) more_to_follow_.set();
}

/// Numbers begin anew with each process, and a look at the process may come too late.
bool http_node_calls::is_same_job(std::int32_t command, const repair_job& read) {
  const auto [known, first] = submitted_.insert({command, read.submitted_ms});
  const bool same = known->second == read.submitted_ms;
  if (first && submitted_.size() > remembered_jobs) submitted_.erase(submitted_.begin());
  return same;
}

/// None: the node has no such job.
task<std::optional<repair_job>> http_node_calls::job(std::int32_t command) {
  const auto path = "/api/v0/ops/executor/job?job_id=repair-" + std::to_string(command);
  CO_TRY(answer, co_await send(service::api, {.verb = method::get, .raw_target = path}));
  if (answer.status == 404) co_return std::nullopt;
  if (!succeeded(answer)) co_return refusal(path, answer);
  CO_TRY(read, read_job(answer.body));
  if (!is_same_job(command, read)) co_return std::nullopt;
  co_return std::optional(std::move(read));
}

task<model::command_answer> http_node_calls::parent_repair_status(std::int32_t command) {
  CO_TRY(found, co_await job(command));
  if (!found) {
    followed_.erase(command);
    co_return model::command_answer{model::command_state::unknown,
                                    "the node has no job of the command"};
  }
  if (!has_ended(*found)) follow(command);
  co_return state_of(*found);
}

task<std::vector<std::int32_t>> http_node_calls::running_commands() {
  std::vector<std::int32_t> numbers;
  for (const auto& [command, known] : followed_) {
    if (!known.ends_by) numbers.push_back(command);
  }
  co_return std::move(numbers);
}

/// Commands that were not started through the API have numbers too, and no job.
task<std::vector<std::int32_t>> http_node_calls::running_commands_after(std::int32_t newest) {
  std::vector<std::int32_t> numbers;
  const auto last = std::numeric_limits<std::int32_t>::max() - most_looked_for;
  int missing = 0;
  for (int step = 1; step <= most_looked_for && missing < most_missing && newest <= last; ++step) {
    CO_TRY(found, co_await job(newest + step));
    missing = found ? 0 : missing + 1;
    if (found && !has_ended(*found)) numbers.push_back(newest + step);
  }
  co_return std::move(numbers);
}

task<void> http_node_calls::terminate_repairs() {
  constexpr const char* path = "/api/v2/repairs";
  CO_TRY(answer, co_await send(service::api, {.verb = method::del, .raw_target = path}));
  if (!succeeded(answer)) co_return refusal(path, answer);
  for (auto& [command, known] : followed_) known.ends_by = clock_.now() + stopping;
  co_return result<void>{};
}

task<std::unique_ptr<link::node_events>> http_node_calls::listen(
    std::optional<std::int64_t> resume_from) {
  co_return std::unique_ptr<link::node_events>(
      std::make_unique<job_events>(*this, resume_from.has_value()));
}

}  // namespace helenus::management::http
