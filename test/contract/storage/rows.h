#pragma once

#include "base/uuid.h"
#include "model/cluster.h"
#include "model/repair_run.h"
#include "model/repair_schedule.h"
#include "model/repair_segment.h"
#include "model/repair_unit.h"

#include <string>
#include <vector>

namespace helenus::storage::test {

/// 2026-01-01T00:00:00Z and `seconds`.
model::wall_time at(int seconds);

/// Makes rows that satisfy every rule; tests change what they are about.
class row_maker {
 public:
  explicit row_maker(std::uint64_t seed = 1) : ids_(seed) {}

  base::uuid id() { return ids_.next(at(++clock_)); }

  model::cluster cluster(std::string name = "prod");
  model::repair_unit unit(std::string cluster = "prod", std::string keyspace = "shop");
  model::repair_run run(const model::repair_unit& unit, int segments = 0);
  model::repair_schedule schedule(const model::repair_unit& unit);
  /// `count` neighbouring segments over the ring from -100 * count.
  std::vector<model::repair_segment> segments(model::run_id run, int count);
  model::repair_segment segment(model::run_id run, long start, long end);
  /// A whole node, as Reaper plans incremental runs.
  model::repair_segment node_segment(model::run_id run, std::string address);

 private:
  base::uuid_source ids_;
  int clock_ = 0;
};

/// The same segment after a coordinator was told, its command has begun, and it has ended well.
model::repair_segment started(model::repair_segment segment);
model::repair_segment running(model::repair_segment segment);
model::repair_segment done(model::repair_segment segment);

model::token_range range(long start, long end);
model::replica_set replicas(std::vector<std::string> addresses, std::string datacenter = "dc1");

/// Field by field; replica sets by what they hold.
bool same(const model::repair_segment& left, const model::repair_segment& right);
bool same(const model::repair_run& left, const model::repair_run& right);
bool same(const model::repair_schedule& left, const model::repair_schedule& right);
bool same(const model::cluster& left, const model::cluster& right);

}  // namespace helenus::storage::test
