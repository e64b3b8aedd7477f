#include "management/jmx/jmx_node_calls.h"

#include "base/overload.h"
#include "jmx/errc.h"
#include "jmx/notification_stream.h"
#include "management/errc.h"
#include "management/jmx/errors.h"
#include "management/jmx/jmx_values.h"
#include "management/jmx/repair_options.h"

#include <utility>

namespace helenus::management::jmx {
namespace {

using ::helenus::jmx::argument;
using ::helenus::jmx::object_name;

object_name storage_service() {
  return object_name::literal("org.apache.cassandra.db:type=StorageService");
}

object_name failure_detector() {
  return object_name::literal("org.apache.cassandra.net:type=FailureDetector");
}

object_name compaction_manager() {
  return object_name::literal("org.apache.cassandra.db:type=CompactionManager");
}

template <class Value>
result<Value> translated(result<Value> outcome) {
  if (outcome) return outcome;
  return from_jmx(outcome.error());
}

/// Events of the StorageService; those that are not about repairs are left out.
class jmx_node_events final : public link::node_events {
 public:
  explicit jmx_node_events(std::unique_ptr<::helenus::jmx::notification_stream> stream)
      : stream_(std::move(stream)) {}

  task<std::variant<link::progress_event, link::events_missed>> next() override {
    for (;;) {
      auto item = co_await stream_->next();
      if (!item) co_return from_jmx(item.error());
      if (const auto* said = std::get_if<::helenus::jmx::notification>(&*item)) {
        auto event = read_progress(read_notification(*said));
        if (event) co_return std::move(*event);
      } else {
        const auto count = std::get<::helenus::jmx::notifications_lost>(*item).count;
        co_return link::events_missed{"the node dropped " + std::to_string(count) + " events"};
      }
    }
  }
  std::int64_t next_sequence() const override { return stream_->next_sequence(); }

 private:
  std::unique_ptr<::helenus::jmx::notification_stream> stream_;
};

class jmx_dialer final : public link::node_dialer {
 public:
  jmx_dialer(base::clock& clock, ::helenus::jmx::client_options options,
             const jmx_management_options& ways)
      : clock_(clock),
        options_(std::move(options)),
        logins_(ways.logins),
        current_logins_(ways.current_logins),
        certificates_(ways.certificates),
        decrypt_(ways.decrypt) {}

  task<std::shared_ptr<link::node_calls>> connect(link::node_target target) override {
    auto options = options_;
    options.server = std::move(target.endpoint);
    CO_TRY(login, co_await choose({target.cluster, {target.user, target.password}}));
    options.login = std::move(login);
    if (options.login && decrypt_) {
      auto password = decrypt_(options.login->password);
      if (!password) co_return error{errc::authentication_failed, password.error().message()};
      options.login->password = std::move(*password);
    }
    if (certificates_) {
      auto current = co_await certificates_();
      if (!current) co_return error{errc::tls_failed, current.error().message()};
      options.tls = std::move(*current);
    }
    auto client = co_await ::helenus::jmx::client::connect(clock_, std::move(options));
    if (!client) co_return from_jmx(client.error());
    co_return std::make_shared<jmx_node_calls>(std::move(*client));
  }

 private:
  task<std::optional<::helenus::jmx::credentials>> choose(known_login known) {
    if (!current_logins_) co_return choose_login(logins_, known);
    auto current = co_await current_logins_();
    if (!current) co_return error{errc::authentication_failed, current.error().message()};
    co_return choose_login(**current, known);
  }

  base::clock& clock_;
  ::helenus::jmx::client_options options_;
  jmx_logins logins_;
  decltype(jmx_management_options::current_logins) current_logins_;
  decltype(jmx_management_options::certificates) certificates_;
  decltype(jmx_management_options::decrypt) decrypt_;
};

}  // namespace

jmx_node_calls::jmx_node_calls(std::unique_ptr<::helenus::jmx::client> client)
    : client_(std::move(client)) {}

jmx_node_calls::~jmx_node_calls() = default;

task<void> jmx_node_calls::watch() {
  const auto ended = co_await client_->watch();
  co_return translated(ended);
}

bool jmx_node_calls::is_open() const { return client_->is_open(); }

task<void> jmx_node_calls::close() { co_return co_await client_->close(); }

task<node_identity> jmx_node_calls::identity() {
  auto service = translated(co_await client_->get_attributes(
      storage_service(), {"ClusterName", "LocalHostId", "ReleaseVersion", "PartitionerName",
                          "OperationMode", "HostIdToEndpoint"}));
  CO_TRY(attributes, std::move(service));
  auto start = translated(
      co_await client_->get_attribute(object_name::literal("java.lang:type=Runtime"), "StartTime"));
  CO_TRY(start_value, std::move(start));
  auto start_ms = translated(start_value.as_long());
  CO_TRY(milliseconds, std::move(start_ms));
  auto identity = read_identity(attribute_set(std::move(attributes)), milliseconds);
  if (!identity && identity.error().code == errc::unexpected_answer) {
    // A node that starts registers its MBeans before they can answer.
    co_return error{errc::node_unreachable,
                    "Cassandra is not ready: " + identity.error().message()};
  }
  co_return identity;
}

task<link::ring_facts> jmx_node_calls::ring_facts() {
  auto service = translated(co_await client_->get_attributes(
      storage_service(),
      {"ClusterName", "PartitionerName", "ReleaseVersion", "TokenToEndpointMap", "EndpointToHostId",
       "LoadMap", "LiveNodes", "JoiningNodes", "LeavingNodes", "MovingNodes"}));
  CO_TRY(attributes, std::move(service));
  auto gossip =
      translated(co_await client_->get_attribute(failure_detector(), "AllEndpointStates"));
  CO_TRY(states, std::move(gossip));
  auto states_text = translated(states.as_string());
  CO_TRY(text, std::move(states_text));
  co_return read_ring_facts(attribute_set(std::move(attributes)), std::move(text));
}

task<std::vector<link::range_fact>> jmx_node_calls::ranges(std::string keyspace) {
  auto answer = translated(co_await client_->invoke(storage_service(), "getRangeToEndpointMap",
                                                    {{"java.lang.String", argument(keyspace)}}));
  CO_TRY(map, std::move(answer));
  co_return read_ranges(map);
}

task<std::vector<std::string>> jmx_node_calls::keyspaces() {
  auto answer =
      translated(co_await client_->get_attribute(storage_service(), "NonLocalStrategyKeyspaces"));
  CO_TRY(names, std::move(answer));
  co_return translated(names.as_strings());
}

task<std::vector<model::table>> jmx_node_calls::tables(std::string keyspace) {
  const auto pattern =
      object_name::parse("org.apache.cassandra.db:type=Tables,keyspace=" + keyspace + ",table=*");
  if (!pattern) co_return error{errc::unknown_keyspace, pattern.error().message()};
  auto answer = translated(co_await client_->query_names(*pattern));
  CO_TRY(names, std::move(answer));
  std::vector<model::table> tables;
  for (const auto& name : names) {
    model::table table{keyspace, name.value_of("table"), {}};
    const auto parameters = co_await client_->get_attribute(name, "CompactionParameters");
    // A table may be dropped meanwhile; its strategy is then unknown.
    if (parameters) {
      const auto texts = parameters->as_string_map();
      if (texts && texts->contains("class")) table.compaction_strategy = texts->at("class");
    } else if (parameters.error().code == ::helenus::jmx::errc::no_such_mbean) {
      continue;
    } else if (parameters.error().code != ::helenus::jmx::errc::remote_exception) {
      co_return from_jmx(parameters.error());
    }
    tables.push_back(std::move(table));
  }
  co_return std::move(tables);
}

task<tables_by_keyspace> jmx_node_calls::all_tables() {
  auto answer = translated(co_await client_->query_names(
      object_name::literal("org.apache.cassandra.db:type=Tables,keyspace=*,table=*")));
  CO_TRY(names, std::move(answer));
  tables_by_keyspace tables;
  for (const auto& name : names)
    tables[name.value_of("keyspace")].push_back(name.value_of("table"));
  co_return std::move(tables);
}

task<int> jmx_node_calls::pending_compactions() {
  auto answer = translated(co_await client_->get_attribute(
      object_name::literal("org.apache.cassandra.metrics:type=Compaction,name=PendingTasks"),
      "Value"));
  CO_TRY(count, std::move(answer));
  co_return translated(count.as_int());
}

task<std::vector<link::running_compaction>> jmx_node_calls::compactions() {
  auto answer = translated(co_await client_->get_attribute(compaction_manager(), "Compactions"));
  CO_TRY(list, std::move(answer));
  co_return read_compactions(list);
}

task<void> jmx_node_calls::stop_compaction(std::string id) {
  auto answer = translated(co_await client_->invoke(compaction_manager(), "stopCompactionById",
                                                    {{"java.lang.String", argument(id)}}));
  CO_TRY_VOID(answer);
  co_return result<void>{};
}

task<std::int32_t> jmx_node_calls::repair_async(repair_request request, bool with_paxos) {
  auto options = repair_options(request, with_paxos);
  if (!options) co_return error{errc::refused_by_node, options.error().message()};
  auto answer =
      translated(co_await client_->invoke(storage_service(), "repairAsync",
                                          {{"java.lang.String", argument(request.keyspace)},
                                           {"java.util.Map", argument::map_of(*options)}}));
  CO_TRY(number, std::move(answer));
  co_return translated(number.as_int());
}

task<model::command_answer> jmx_node_calls::parent_repair_status(std::int32_t command) {
  auto answer = translated(co_await client_->invoke(storage_service(), "getParentRepairStatus",
                                                    {{"int", argument(command)}}));
  CO_TRY(status, std::move(answer));
  if (status.is_null()) co_return read_parent_status(std::nullopt);
  auto texts = translated(status.as_strings());
  CO_TRY(words, std::move(texts));
  co_return read_parent_status(std::move(words));
}

/// A command's executor is an MBean while it runs.
task<std::vector<std::int32_t>> jmx_node_calls::running_commands() {
  auto answer = translated(co_await client_->query_names(
      object_name::literal("org.apache.cassandra.internal:type=Repair#*")));
  CO_TRY(names, std::move(answer));
  std::vector<std::int32_t> numbers;
  for (const auto& name : names) {
    if (const auto number = command_of_mbean(name.value_of("type"))) numbers.push_back(*number);
  }
  co_return std::move(numbers);
}

/// All have told.
task<std::vector<std::int32_t>> jmx_node_calls::running_commands_after(std::int32_t) {
  co_return std::vector<std::int32_t>{};
}

task<void> jmx_node_calls::terminate_repairs() {
  auto answer =
      translated(co_await client_->invoke(storage_service(), "forceTerminateAllRepairSessions"));
  CO_TRY_VOID(answer);
  co_return result<void>{};
}

task<std::unique_ptr<link::node_events>> jmx_node_calls::listen(
    std::optional<std::int64_t> resume_from) {
  auto stream = co_await client_->listen({storage_service()}, resume_from);
  if (!stream) co_return from_jmx(stream.error());
  co_return std::unique_ptr<link::node_events>(
      std::make_unique<jmx_node_events>(std::move(*stream)));
}

std::unique_ptr<link::node_dialer> make_jmx_dialer(base::clock& clock,
                                                   const jmx_management_options& options) {
  ::helenus::jmx::client_options client;
  client.tls = options.tls;
  client.host_of_stub = options.host_of_stub;
  client.rmi_port = options.rmi_port;
  client.timeouts = options.timeouts;
  return std::make_unique<jmx_dialer>(clock, std::move(client), options);
}

}  // namespace helenus::management::jmx
