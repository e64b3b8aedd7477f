#pragma once

#include "jmx/client.h"
#include "management/jmx/options.h"
#include "management/link/node_calls.h"

#include <memory>

namespace helenus::management::jmx {

/// The questions as MBean calls.
class jmx_node_calls final : public link::node_calls {
 public:
  explicit jmx_node_calls(std::unique_ptr<::helenus::jmx::client> client);
  ~jmx_node_calls() override;

  task<void> watch() override;
  bool is_open() const override;
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
  std::unique_ptr<::helenus::jmx::client> client_;
};

/// Connects by JMX as `options` say. The clock must outlive the dialer and its connections.
std::unique_ptr<link::node_dialer> make_jmx_dialer(base::clock& clock,
                                                   const jmx_management_options& options);

}  // namespace helenus::management::jmx
