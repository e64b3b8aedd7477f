#include "contract/storage/rows.h"

#include <tuple>

namespace helenus::storage::test {

using namespace std::chrono_literals;

model::wall_time at(int seconds) {
  return model::wall_time(
      std::chrono::sys_days(std::chrono::January / 1 / 2026).time_since_epoch() +
      std::chrono::seconds(seconds));
}

model::token_range range(long start, long end) { return {model::token(start), model::token(end)}; }

model::replica_set replicas(std::vector<std::string> addresses, std::string datacenter) {
  std::vector<model::replica> list;
  for (auto& address : addresses) list.push_back({std::move(address), datacenter});
  return std::make_shared<const std::vector<model::replica>>(std::move(list));
}

model::cluster row_maker::cluster(std::string name) {
  model::cluster row;
  row.name = std::move(name);
  row.kind = model::partitioner::murmur3;
  row.seed_hosts = {"10.0.0.1", "10.0.0.2"};
  row.state = model::cluster_state::active;
  row.last_contact = at(0);
  row.jmx_port = 7299;
  row.jmx_username = "operator";
  return row;
}

model::repair_unit row_maker::unit(std::string cluster, std::string keyspace) {
  model::repair_unit row;
  row.id = model::unit_id(id());
  row.cluster_name = std::move(cluster);
  row.keyspace = std::move(keyspace);
  row.tables = {"orders", "users"};
  row.excluded_tables = {"log"};
  row.nodes = {"10.0.0.1"};
  row.datacenters = {"dc1", "a \"quoted\" dc"};
  row.subrange_incremental = true;
  row.repair_thread_count = 2;
  row.timeout = 45min;
  return row;
}

model::repair_run row_maker::run(const model::repair_unit& unit, int segments) {
  model::repair_run row;
  row.id = model::run_id(id());
  row.unit = unit.id;
  row.cluster_name = unit.cluster_name;
  row.cause = "someone asked";
  row.owner = "op \xff not UTF-8";
  row.creation_time = at(clock_);
  row.intensity = 0.75;
  row.parallelism = model::repair_parallelism::parallel;
  row.last_event = "planned";
  row.segment_count = segments;
  row.tables = {"orders", "users"};
  row.adaptive_schedule = true;
  return row;
}

model::repair_schedule row_maker::schedule(const model::repair_unit& unit) {
  model::repair_schedule row;
  row.id = model::schedule_id(id());
  row.unit = unit.id;
  row.owner = "op \xff not UTF-8";
  row.state = model::schedule_state::paused;
  row.days_between = 3;
  row.next_activation = at(5'000'000);
  row.creation_time = at(clock_);
  row.pause_time = at(300);
  row.intensity = 0.75;
  row.parallelism = model::repair_parallelism::parallel;
  row.segment_count_per_node = 32;
  row.adaptive = true;
  row.percent_unrepaired_threshold = 10;
  row.last_run = model::run_id(id());
  return row;
}

model::repair_segment row_maker::segment(model::run_id run, long start, long end) {
  model::repair_segment row;
  row.id = model::segment_id(id());
  row.run = run;
  row.ranges = {range(start, end)};
  row.replicas = replicas({"10.0.0.1", "10.0.0.2", "10.0.0.3"});
  return row;
}

model::repair_segment row_maker::node_segment(model::run_id run, std::string address) {
  auto row = segment(run, 0, 100);
  row.replicas = replicas({});
  row.node = model::whole_node{model::host_id(id()), std::move(address)};
  return row;
}

std::vector<model::repair_segment> row_maker::segments(model::run_id run, int count) {
  std::vector<model::repair_segment> rows;
  for (int index = 0; index < count; ++index) {
    const long start = (index - count) * 100L;
    rows.push_back(segment(run, start, start + 100));
    if (index % 2 == 1) rows.back().replicas = replicas({"10.0.0.2", "fd00::4"}, "dc2");
  }
  return rows;
}

model::repair_segment started(model::repair_segment segment) {
  segment.state = model::segment_state::started;
  segment.coordinator = "10.0.0.1";
  segment.start_time = at(100);
  return segment;
}

model::repair_segment running(model::repair_segment segment) {
  segment = started(std::move(segment));
  segment.state = model::segment_state::running;
  base::uuid_source hosts(7);
  segment.command = model::command_reference{model::host_id(hosts.next(at(1))), 42, at(50)};
  return segment;
}

model::repair_segment done(model::repair_segment segment) {
  segment = started(std::move(segment));
  segment.state = model::segment_state::done;
  segment.command.reset();
  segment.end_time = at(200);
  return segment;
}

bool same(const model::repair_segment& left, const model::repair_segment& right) {
  const auto fields = [](const model::repair_segment& row) {
    return std::tie(row.id, row.run, row.ranges, *row.replicas, row.node, row.state, row.fail_count,
                    row.coordinator, row.command, row.start_time, row.end_time, row.next_attempt,
                    row.last_error, row.stored);
  };
  return fields(left) == fields(right);
}

bool same(const model::repair_run& left, const model::repair_run& right) {
  const auto fields = [](const model::repair_run& row) {
    return std::tie(row.id, row.unit, row.cluster_name, row.cause, row.owner, row.state,
                    row.creation_time, row.start_time, row.end_time, row.pause_time, row.intensity,
                    row.parallelism, row.last_event, row.segment_count, row.tables,
                    row.adaptive_schedule, row.stored);
  };
  return fields(left) == fields(right);
}

bool same(const model::repair_schedule& left, const model::repair_schedule& right) {
  const auto fields = [](const model::repair_schedule& row) {
    return std::tie(row.id, row.unit, row.owner, row.state, row.days_between, row.next_activation,
                    row.creation_time, row.pause_time, row.intensity, row.parallelism,
                    row.segment_count_per_node, row.adaptive, row.percent_unrepaired_threshold,
                    row.last_run, row.stored);
  };
  return fields(left) == fields(right);
}

bool same(const model::cluster& left, const model::cluster& right) {
  const auto fields = [](const model::cluster& row) {
    return std::tie(row.name, row.kind, row.seed_hosts, row.state, row.last_contact, row.jmx_port,
                    row.jmx_username);
  };
  return fields(left) == fields(right) && left.jmx_password.reveal() == right.jmx_password.reveal();
}

}  // namespace helenus::storage::test
