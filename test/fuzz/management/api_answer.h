#pragma once

#include "base/assert.h"
#include "management/http/api_values.h"
#include "management/http/repair_job.h"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace helenus::management::http::fuzz {

/// What decides whether a segment counts as repaired.
inline void read_as_job(std::string_view json) {
  const auto job = read_job(json);
  if (!job) return;
  const auto lists = [&](std::string_view status) {
    return std::any_of(job->changes.begin(), job->changes.end(),
                       [&](const status_change& change) { return change.status == status; });
  };
  const auto state = state_of(*job).state;
  HELENUS_ASSERT(has_ended(*job) == (state != model::command_state::running));
  if (state == model::command_state::succeeded) {
    HELENUS_ASSERT(lists("SUCCESS") && !lists("ERROR") && !lists("ABORT"));
    HELENUS_ASSERT(job->status != "ERROR" && job->error.empty());
  }
  const auto events = events_of(*job, 7, 0);
  HELENUS_ASSERT(events.size() <= job->changes.size());
  HELENUS_ASSERT(std::is_sorted(events.begin(), events.end(),
                                [](const auto& a, const auto& b) { return a.number < b.number; }));
  HELENUS_ASSERT(events_of(*job, 7, job->changes.size()).empty());
}

/// What is read of a ring says the same when it is written and read again.
inline void read_as_ring(std::string_view json) {
  if (const auto endpoints = read_endpoints(json)) {
    static_cast<void>(read_identity(*endpoints));
    static_cast<void>(link::read_ring(read_ring_facts(*endpoints)));
  }
  const auto ranges = read_ranges(json);
  if (!ranges) return;
  std::string again;
  for (const auto& range : *ranges) {
    again += (again.empty() ? "" : ",") + (R"({"tokens":[)" + range.start) + "," + range.end +
             R"(],"endpoints":[]})";
  }
  const auto read = read_ranges(R"({"token_range_to_endpoints":[)" + again + "]}");
  HELENUS_ASSERT(read && read->size() == ranges->size());
  for (std::size_t index = 0; index < ranges->size(); ++index) {
    HELENUS_ASSERT((*read)[index].start == (*ranges)[index].start);
    HELENUS_ASSERT((*read)[index].end == (*ranges)[index].end);
  }
}

/// Tokens come and go as they are, whichever 64 bits they have.
inline void keep_tokens(std::string_view bytes) {
  std::int64_t ends[2]{};
  std::memcpy(ends, bytes.data(), std::min(bytes.size(), sizeof ends));
  const auto pair = std::to_string(ends[0]) + "," + std::to_string(ends[1]);
  const auto ranges =
      read_ranges(R"({"token_range_to_endpoints":[{"tokens":[)" + pair + R"(],"endpoints":[]}]})");
  HELENUS_ASSERT(ranges && ranges->size() == 1);
  HELENUS_ASSERT(ranges->front().start + "," + ranges->front().end == pair);
  repair_request request;
  request.ranges = {{model::token(ends[0]), model::token(ends[1])}};
  const auto body = parse(repair_body(request));
  HELENUS_ASSERT(body);
  const auto& sent = body->at("associated_tokens").at(0);
  HELENUS_ASSERT(sent.at("start").as_int64() == ends[0] && sent.at("end").as_int64() == ends[1]);
}

/// Whatever the API answers, to every question.
inline void read_api_answer(std::string_view bytes) {
  read_as_job(bytes);
  read_as_ring(bytes);
  keep_tokens(bytes);
  static_cast<void>(read_names(bytes));
  if (const auto tables = read_tables("ks", bytes)) {
    for (const auto& table : *tables) HELENUS_ASSERT(!table.name.empty());
  }
  const auto id = read_repair_id(bytes);
  const auto command = command_of_job(id ? *id : std::string(bytes));
  if (command) HELENUS_ASSERT(*command >= 0);
}

}  // namespace helenus::management::http::fuzz
