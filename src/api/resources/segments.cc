#include "api/resources/segments.h"

#include "api/errc.h"
#include "api/requests/parameters.h"
#include "api/resources/answers.h"
#include "api/resources/repair_runs.h"
#include "api/views/segment_view.h"

namespace helenus::api {

using model::run_state;

task<http::response> get_segments(services& with, const http::request& asked) {
  CO_TRY(report, co_await find_run(with, asked));
  CO_TRY(segments, co_await with.repairs.segments(report.run.id));
  json_writer out;
  out.begin_array();
  for (const auto& segment : segments)
    write_segment(out, segment, report.run, wanted_members(asked));
  out.end_array();
  co_return json_answer(std::move(out));
}

task<http::response> abort_segment(services& with, const http::request& asked) {
  CO_TRY(segment_id, parse_lenient_uuid(asked.path_parameters.at(1)));
  CO_TRY(report, co_await find_run(with, asked));
  const auto state = report.run.state;
  if (state != run_state::running && state != run_state::paused) {
    co_return error{errc::conflict, "Cannot abort segment on repair run with status " +
                                        std::string(model::to_string(state))};
  }
  CO_TRY(segment,
         co_await with.repairs.abort_segment(report.run.id, model::segment_id(segment_id)));
  json_writer out;
  write_segment(out, segment, report.run, wanted_members(asked));
  co_return json_answer(std::move(out));
}

}  // namespace helenus::api
