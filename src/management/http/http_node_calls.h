#pragma once

#include "base/clock.h"
#include "base/event.h"
#include "http/message.h"
#include "management/http/options.h"
#include "management/http/repair_job.h"
#include "management/link/node_calls.h"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace helenus::management::http {

/// The two servers of a node's management API.
enum class service { api, metrics };

/// Sends a request to one node and reads the answer, whatever its status. Errors: of net and of
/// ::helenus::http, base::errc::timed_out.
using exchange = std::function<task<::helenus::http::response>(service, ::helenus::http::request)>;

/// The questions as requests to a node's management API. Every request has a connection of its own;
/// "the connection" is that the same process of Cassandra goes on answering.
///
/// Repair commands are followed by asking for their jobs: those that were started here, and those
/// that parent_repair_status() was asked for. Of commands of others those can be seen that were
/// started through the API after the newest that is known.
class http_node_calls final : public link::node_calls {
 public:
  http_node_calls(boost::asio::any_io_executor executor, base::clock& clock, exchange ask,
                  const http_management_options& options);

  task<void> watch() override;
  bool is_open() const override { return !broken_; }
  task<void> close() override;

  task<node_identity> identity() override;
  task<link::ring_facts> ring_facts() override;
  task<std::vector<link::range_fact>> ranges(std::string keyspace) override;
  task<std::vector<std::string>> keyspaces() override;
  task<std::vector<model::table>> tables(std::string keyspace) override;
  task<tables_by_keyspace> all_tables() override;
  task<int> pending_compactions() override;
  task<std::vector<link::running_compaction>> compactions() override;
  task<void> stop_compaction(std::string id) override;
  task<std::int32_t> repair_async(repair_request request, bool with_paxos) override;
  task<model::command_answer> parent_repair_status(std::int32_t command) override;
  task<std::vector<std::int32_t>> running_commands() override;
  task<std::vector<std::int32_t>> running_commands_after(std::int32_t newest) override;
  task<void> terminate_repairs() override;
  task<std::unique_ptr<link::node_events>> listen(std::optional<std::int64_t> resume_from) override;

 private:
  friend class job_events;
  /// A command that has not ended, as far as it was read.
  struct followed {
    std::size_t told = 0;  ///< so many changes of its job are known
    base::clock::time_point due;
    std::chrono::milliseconds wait;
    /// The node was told to stop it: a job that does not end until then never will.
    std::optional<base::clock::time_point> ends_by;
  };

  task<::helenus::http::response> transmit(service to, ::helenus::http::request what);
  task<::helenus::http::response> send(service to, ::helenus::http::request what);
  task<std::string> get(std::string path, service from = service::api);
  task<std::optional<repair_job>> job(std::int32_t command);
  bool is_same_job(std::int32_t command, const repair_job& read);
  task<std::string> metrics(std::string_view name);
  task<void> find_start();
  void follow(std::int32_t command);

  base::clock& clock_;
  exchange ask_;
  std::chrono::milliseconds watch_interval_;
  polling_options polling_;
  std::optional<error> broken_;
  base::event break_;
  std::string pid_;
  std::optional<model::wall_time> start_;
  bool start_is_known_ = true;
  std::map<std::int32_t, followed> followed_;
  std::map<std::int32_t, std::int64_t> submitted_;  // when the newest jobs that were read were
  base::event more_to_follow_;
};

}  // namespace helenus::management::http
