#pragma once

#include "api/shown_login.h"
#include "api/views/json_writer.h"
#include "api/views/waiting_view.h"
#include "model/cluster.h"
#include "model/ring.h"
#include "repair/repair_service.h"
#include "storage/schedule_store.h"

#include <vector>

namespace helenus::api {

/// The nodes of a cluster, and which of them told it.
struct told_ring {
  const model::ring& ring;
  const model::node_address& source;
};

/// What is repaired in a cluster, and when.
struct repairs_of_cluster {
  std::vector<repair::run_report> runs;
  std::vector<storage::schedule_summary> schedules;
};

/// A cluster as Reaper shows it, with its runs, its schedules and its nodes. Pure. `login` is the
/// effective one.
void write_cluster(json_writer& out, const model::cluster& cluster, const shown_login& login,
                   const repairs_of_cluster& repairs, told_ring nodes, model::wall_time now,
                   members wanted);

/// "1.5 KiB" or "1,5 GB" as Cassandra prints a load, in bytes; 0 when it cannot be read.
double load_in_bytes(std::string_view load);

}  // namespace helenus::api
