#include "management/jmx/repair_options.h"

#include "base/errc.h"
#include "management/link/quirks.h"

namespace helenus::management::jmx {
namespace {

result<std::string> comma_list(const std::vector<std::string>& words, std::string_view what) {
  std::string text;
  for (const auto& word : words) {
    if (word.empty() || word.find(',') != std::string::npos) {
      return error{base::errc::invalid_argument,
                   "not the name of a " + std::string(what) + ": '" + word + "'"};
    }
    if (!text.empty()) text += ',';
    text += word;
  }
  return text;
}

result<std::string> range_list(const std::vector<model::token_range>& ranges) {
  std::string text;
  for (const auto& range : ranges) {
    const auto item = range.start.to_string() + ":" + range.end.to_string();
    // Cassandra drops an item without a colon, and with the last one it would repair everything.
    const auto colon = item.find(':');
    if (colon == 0 || colon == std::string::npos || colon + 1 == item.size()) {
      return error{base::errc::invalid_argument, "not a token range: '" + item + "'"};
    }
    if (!text.empty()) text += ',';
    text += item;
  }
  return text;
}

}  // namespace

result<std::map<std::string, std::string>> repair_options(const repair_request& request,
                                                          bool with_paxos) {
  TRY(tables, comma_list(request.tables, "table"));
  TRY(datacenters, comma_list(request.datacenters, "datacenter"));
  TRY(ranges, range_list(request.ranges));
  std::map<std::string, std::string> options{
      {"parallelism", std::string(link::parallelism_text(request))},
      {"primaryRange", "false"},
      {"incremental", request.incremental ? "true" : "false"},
      {"jobThreads", std::to_string(request.job_threads)},
      {"ranges", std::move(ranges)},
      {"columnFamilies", std::move(tables)},
      {"trace", "false"},  // a traced repair sends tens of events for every range
  };
  if (!datacenters.empty()) options["dataCenters"] = std::move(datacenters);
  if (with_paxos) options["repairPaxos"] = "true";
  return options;
}

model::command_answer read_parent_status(const std::optional<std::vector<std::string>>& status) {
  using model::command_state;
  if (!status || status->empty()) {
    return {command_state::unknown, "the node has no record of the command"};
  }
  const auto& word = status->front();
  auto detail = status->size() > 1 ? (*status)[1] : std::string{};
  if (word == "IN_PROGRESS") return {command_state::running, std::move(detail)};
  if (word == "COMPLETED") return {command_state::succeeded, std::move(detail)};
  if (word == "FAILED") return {command_state::failed, std::move(detail)};
  return {command_state::unknown, "the node says " + word};
}

}  // namespace helenus::management::jmx
