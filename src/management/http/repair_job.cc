#include "management/http/repair_job.h"

#include "management/errc.h"
#include "management/http/api_values.h"
#include "management/link/quirks.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace helenus::management::http {
namespace {

/// In the order of Cassandra's ProgressEventType.
constexpr std::array<std::string_view, 7> kinds{"START",   "PROGRESS", "ERROR",       "ABORT",
                                                "SUCCESS", "COMPLETE", "NOTIFICATION"};

bool says(const repair_job& job, std::string_view status) {
  return std::any_of(job.changes.begin(), job.changes.end(),
                     [&](const status_change& change) { return change.status == status; });
}

/// Whether a change tells of a failure, as its event would.
bool is_failure(const status_change& change) {
  return change.status == "ERROR" || change.status == "ABORT" ||
         (change.status == "COMPLETE" && link::completed_with_error(change.message));
}

/// Why the command failed; none when nothing says that it did.
std::optional<std::string> failure_of(const repair_job& job) {
  const auto change = std::find_if(job.changes.begin(), job.changes.end(), is_failure);
  if (change == job.changes.end() && job.status != "ERROR" && job.error.empty()) {
    return std::nullopt;
  }
  auto reason = link::failure_reason(change == job.changes.end() ? job.error : change->message);
  return reason.empty() ? "the node gives no reason" : reason;
}

status_change read_change(const boost::json::object& from) {
  return {text_in(from, "status"), number_in(from, "change_time"), text_in(from, "message")};
}

result<std::vector<status_change>> read_changes(const boost::json::value& value) {
  if (const auto* text = value.if_string()) {
    if (text->empty()) return std::vector<status_change>{};
    TRY(inner, parse(*text));
    if (inner.is_string())
      return error{errc::unexpected_answer, "the changes of a job are no list"};
    return read_changes(inner);
  }
  const auto* list = value.if_array();
  if (list == nullptr) return error{errc::unexpected_answer, "the changes of a job are no list"};
  std::vector<status_change> changes;
  for (const auto& item : *list) {
    const auto* change = item.if_object();
    if (change == nullptr) return error{errc::unexpected_answer, "a change of a job is no object"};
    changes.push_back(read_change(*change));
  }
  return changes;
}

}  // namespace

result<repair_job> read_job(std::string_view json) {
  TRY(value, parse(json));
  const auto* object = value.if_object();
  if (object == nullptr || text_in(*object, "status").empty()) {
    return error{errc::unexpected_answer, "a job without a status"};
  }
  repair_job job{
      text_in(*object, "status"), number_in(*object, "submit_time"), text_in(*object, "error"), {}};
  const auto* changes = object->if_contains("status_changes");
  if (changes != nullptr && !changes->is_null()) {
    TRY(read, read_changes(*changes));
    job.changes = std::move(read);
  }
  return job;
}

result<std::int32_t> command_of_job(std::string_view id) {
  constexpr std::string_view prefix = "repair-";
  std::int32_t number = -1;
  if (id.starts_with(prefix)) {
    const auto digits = id.substr(prefix.size());
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (read.ec == std::errc{} && read.ptr == digits.data() + digits.size() && number >= 0) {
      return number;
    }
  }
  return error{errc::unexpected_answer,
               "'" + std::string(id.substr(0, 100)) + "' is not the number of a repair"};
}

bool has_ended(const repair_job& job) { return says(job, "COMPLETE") || job.status == "COMPLETED"; }

model::command_answer state_of(const repair_job& job) {
  using model::command_state;
  if (!has_ended(job)) return {command_state::running, "its job waits for its end"};
  if (auto failure = failure_of(job)) return {command_state::failed, std::move(*failure)};
  if (!says(job, "SUCCESS")) return {command_state::failed, "it ended without saying success"};
  return {command_state::succeeded, "its job says success"};
}

std::vector<link::progress_event> events_of(const repair_job& job, std::int32_t command,
                                            std::size_t first) {
  std::vector<link::progress_event> events;
  for (auto index = first; index < job.changes.size(); ++index) {
    const auto& change = job.changes[index];
    const auto kind = std::find(kinds.begin(), kinds.end(), change.status);
    if (kind == kinds.end()) continue;
    link::service_notification said;
    said.type = "progress";
    said.source = "repair:" + std::to_string(command);
    said.message = change.message;
    said.number = static_cast<std::int64_t>(index);
    said.time = base::clock::wall_time(std::chrono::milliseconds(change.time_ms));
    said.kind = static_cast<std::int32_t>(kind - kinds.begin());
    if (auto event = link::read_progress(said)) events.push_back(std::move(*event));
  }
  return events;
}

}  // namespace helenus::management::http
