#include "api/views/waiting_view.h"

#include "api/views/time_view.h"

namespace helenus::api {

std::string waiting_sentence(const model::waiting_reason& reason) {
  return "Waiting" + (reason.node ? " for " + *reason.node : std::string()) + ": " +
         (reason.detail.empty() ? std::string(model::to_string(reason.what)) : reason.detail);
}

void write_waiting(json_writer& out, const model::waiting_reason& reason, time_style style) {
  const bool iso = style == time_style::iso;
  const auto write_time = iso ? write_iso : write_epoch;
  out.begin_object();
  out.key("for").text(model::to_string(reason.what));
  out.key("node");
  reason.node ? out.text(*reason.node) : out.null();
  write_time(out.key("since"), reason.since);
  write_time(out.key(iso ? "next_check" : "nextCheck"), reason.next_check);
  out.key("detail").text(reason.detail);
  out.end_object();
}

}  // namespace helenus::api
