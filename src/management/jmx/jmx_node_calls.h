#pragma once

#include "jmx/client.h"
#include "management/jmx/node_calls.h"
#include "management/jmx/options.h"

#include <memory>

namespace helenus::management::jmx {

/// The questions as MBean calls.
class jmx_node_calls final : public node_calls {
 public:
  explicit jmx_node_calls(std::unique_ptr<::helenus::jmx::client> client);
  ~jmx_node_calls() override;

  task<void> watch() override;
  bool is_open() const override;
  task<void> close() override;

  task<node_identity> identity() override;
  task<jmx::ring_facts> ring_facts() override;
  task<std::vector<range_fact>> ranges(std::string keyspace) override;
  task<std::vector<std::string>> keyspaces() override;
  task<std::vector<model::table>> tables(std::string keyspace) override;
  task<tables_by_keyspace> all_tables() override;
  task<int> pending_compactions() override;
  task<std::vector<running_compaction>> compactions() override;
  task<void> stop_compaction(std::string id) override;
  task<std::int32_t> repair_async(std::string keyspace,
                                  std::map<std::string, std::string> options) override;
  task<std::optional<std::vector<std::string>>> parent_repair_status(std::int32_t command) override;
  task<std::vector<std::int32_t>> repair_mbeans() override;
  task<void> terminate_repairs() override;
  task<std::unique_ptr<node_events>> listen(std::optional<std::int64_t> resume_from) override;

 private:
  std::unique_ptr<::helenus::jmx::client> client_;
};

/// Connects by JMX as `options` say. The clock must outlive the dialer and its connections.
std::unique_ptr<node_dialer> make_jmx_dialer(base::clock& clock,
                                             const jmx_management_options& options);

}  // namespace helenus::management::jmx
