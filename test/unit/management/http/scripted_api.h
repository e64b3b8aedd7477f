#pragma once

#include "base/clock.h"
#include "management/http/http_node_calls.h"
#include "net/errc.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace helenus::management::http {

/// A management API that does what a test says, with one node behind it.
struct scripted_api {
  using response = ::helenus::http::response;
  using request = ::helenus::http::request;

  std::string pid = "42";       ///< empty: Cassandra does not run
  std::string start = "1.7E9";  ///< empty: the metrics do not tell
  std::string pending = "3.0";
  std::string host_id = "11111111-7c1c-41f0-9d2a-0f1e2d3c4b5a";
  std::optional<error> down;  ///< nobody listens
  std::optional<error> no_metrics;
  bool loses_answers = false;            ///< a repair begins, and nobody hears of it
  std::map<std::string, response> says;  ///< instead of what follows, by "GET /path?query"
  std::map<int, std::string> jobs;       ///< the answer for each
  int next_command = 7;
  std::vector<std::string> asked;  ///< of the API
  std::vector<std::string> bodies;
  int terminations = 0;
  std::string submitted = "1";  ///< of jobs that are made from now on

  /// What a job says: its status, and the kinds of its changes.
  void job(int number, const std::string& status, const std::vector<std::string>& changes) {
    std::string list;
    for (const auto& kind : changes) {
      list += (list.empty() ? "" : ",") + (R"({"status":")" + kind) +
              R"(","change_time":"1","message":"it says )" + kind + R"("})";
    }
    jobs[number] = R"({"id":"x","status":")" + status + R"(","submit_time":")" + submitted +
                   R"(","status_changes":[)" + list + "]}";
  }

  result<response> answer(service to, const request& what) {
    if (down) return *down;
    if (to == service::metrics) return metrics();
    const auto line = std::string(::helenus::http::to_text(what.verb)) + " " + what.raw_target;
    asked.push_back(line);
    if (const auto found = says.find(line); found != says.end()) return found->second;
    if (line == "GET /api/v0/lifecycle/pid") {
      return pid.empty() ? response{.status = 204} : response{.body = pid + "\n"};
    }
    if (pid.empty())
      return response{.status = 500, .body = "Internal connection to Cassandra closed"};
    if (line == "GET /api/v0/metadata/endpoints") return response{.body = endpoints()};
    if (line == "GET /api/v0/ops/keyspace?keyspaceName=") {
      return response{.body = R"(["system","system_schema","system_auth","ks"])"};
    }
    if (line == "PUT /api/v2/repairs") return begin(what);
    if (line == "DELETE /api/v2/repairs") {
      ++terminations;
      return response{.status = 202};
    }
    return job_answer(line);
  }

 private:
  result<response> metrics() const {
    if (no_metrics) return *no_metrics;
    std::string text = "org_apache_cassandra_metrics_compaction_pending_tasks " + pending + "\n";
    if (!start.empty()) text += "process_start_time_seconds " + start + "\n";
    return response{.body = text};
  }
  std::string endpoints() const {
    return R"({"entity":[{"ENDPOINT_IP":"10.0.0.1","IS_ALIVE":"true","IS_LOCAL":"true","CLUSTER_NAME":"Test Cluster",)"
           R"("PARTITIONER":"org.apache.cassandra.dht.Murmur3Partitioner","TOKENS":"0","DC":"dc1","RACK":"r1",)"
           R"("STATUS":"NORMAL,0","RELEASE_VERSION":"4.1.7","HOST_ID":")" +
           host_id + R"("}]})";
  }
  result<response> begin(const request& what) {
    bodies.push_back(what.body);
    const auto number = next_command++;
    if (!jobs.contains(number)) job(number, "WAITING", {});
    if (loses_answers) return error{net::errc::closed_by_peer, "cut"};
    return response{.status = 202,
                    .body = R"({"repair_id":"repair-)" + std::to_string(number) + "\"}"};
  }
  result<response> job_answer(const std::string& line) const {
    constexpr std::string_view path = "GET /api/v0/ops/executor/job?job_id=repair-";
    if (line.starts_with(path)) {
      const auto found = jobs.find(std::stoi(line.substr(path.size())));
      if (found != jobs.end()) return response{.body = found->second};
      return response{.status = 404, .body = "{}"};
    }
    return response{.status = 404, .body = "nothing here"};
  }
};

/// Connects to scripted APIs by the host of their endpoint.
class scripted_api_dialer final : public link::node_dialer {
 public:
  scripted_api_dialer(boost::asio::any_io_executor executor, base::clock& clock,
                      http_management_options options)
      : executor_(std::move(executor)), clock_(clock), options_(std::move(options)) {}

  task<std::shared_ptr<link::node_calls>> connect(link::node_target target) override {
    auto* api = apis.at(target.endpoint.host);
    auto ask = [api](service to, ::helenus::http::request what) { return answer(api, to, what); };
    co_return std::make_shared<http_node_calls>(executor_, clock_, std::move(ask), options_);
  }

  std::map<std::string, scripted_api*> apis;

 private:
  static task<::helenus::http::response> answer(scripted_api* api, service to,
                                                ::helenus::http::request what) {
    co_return api->answer(to, what);
  }

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  http_management_options options_;
};

}  // namespace helenus::management::http
