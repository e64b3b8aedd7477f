#pragma once

#include "api/run_defaults.h"
#include "base/result.h"
#include "http/target.h"
#include "repair/repair_service.h"

namespace helenus::api {

/// The query of POST /repair_run as a command, in two steps because Reaper reports an unknown
/// cluster between them, and clients see the first failure. Pure. Errors: bad_parameter, with a
/// sentence that names the parameter and what is accepted, and not_an_integer.
///
/// Step one: clusterName, keyspace, owner, cause, segmentCountPerNode, repairParallelism,
/// intensity, incrementalRepair, subrangeIncrementalRepair, repairThreadCount.
result<repair::run_request> begin_run_request(const http::parameters& query,
                                              const run_defaults& defaults);

/// Step two: nodes, datacenters, tables, blacklistedTables, force, timeout.
result<repair::run_request> finish_run_request(repair::run_request request,
                                               const http::parameters& query,
                                               const run_defaults& defaults);

/// An intensity above 0 and at most 1; Java's number syntax ("1e-1", "0.5d") is accepted.
result<double> parse_intensity(std::string_view text);

}  // namespace helenus::api
