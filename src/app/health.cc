#include "app/health.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <ctime>
#include <utility>
#include <vector>

namespace helenus::app {

namespace json = boost::json;

namespace {

// How soon a client that was told "not ready" should ask again.
constexpr const char* retry_after_seconds = "2";

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object to_json(const startup_status& status) {
  json::object shown;
  shown["state"] = app::to_text(status.state);
  shown["since"] = base::to_text(status.since);
  shown["waiting_for"] = text_or_null(status.waiting_for);
  shown["last_error"] = text_or_null(status.last_error);
  shown["attempt"] = status.failed_attempts + 1;
  shown["next_attempt"] =
      status.next_attempt ? json::value(base::to_text(*status.next_attempt)) : json::value(nullptr);
  return shown;
}

http::response json_response(int http_status, const json::object& body) {
  return {.status = http_status, .content_type = "application/json", .body = json::serialize(body)};
}

/// "opening_storage: waiting for the keyspace of storage"
std::string state_sentence(const startup_status& status) {
  return std::string(app::to_text(status.state)) +
         (status.waiting_for.empty() ? "" : ": waiting for " + status.waiting_for);
}

json::object healthy(base::clock::wall_time now) {
  return {{"healthy", true}, {"duration", 0}, {"timestamp", base::to_text(now)}};
}

struct check {
  std::string name;
  bool passed;
};

/// "[+]http ok" or "[-]start failed: opening_storage: waiting for ..."
std::string check_line(const check& one, const startup_status& status) {
  if (one.passed) return "[+]" + one.name + " ok\n";
  std::string line = "[-]" + one.name + " failed: " + state_sentence(status);
  if (!status.last_error.empty()) line += "; last error: " + status.last_error;
  return line + "\n";
}

http::response probe_response(const std::string& name, const std::vector<check>& checks,
                              const startup_status& status, const http::request& asked) {
  const bool passed =
      std::all_of(checks.begin(), checks.end(), [](const check& one) { return one.passed; });
  std::string body;
  if (asked.query("verbose")) {
    for (const auto& one : checks) body += check_line(one, status);
    body += name + " check " + (passed ? "passed" : "failed") + "\n";
  } else {
    body = passed ? "ok\n" : "not ok: " + state_sentence(status) + "\n";
  }
  http::response answer{.status = passed ? 200 : 503, .content_type = "text/plain", .body = body};
  if (!passed) answer.headers.push_back({"Retry-After", retry_after_seconds});
  return answer;
}

}  // namespace

http::response livez_response(const startup_status& status, const http::request& asked) {
  return probe_response("livez", {{"event_loop", true}}, status, asked);
}

http::response startupz_response(const startup_status& status, const http::request& asked) {
  return probe_response("startupz", {{"http", true}}, status, asked);
}

http::response readyz_response(const startup_status& status, const http::request& asked,
                               bool at_once) {
  using enum startup_state;
  std::vector<check> checks{{"http", true}};
  if (!at_once) checks.push_back({"start", status.state >= ready});
  checks.push_back({"not_draining", status.state < draining});
  return probe_response("readyz", checks, status, asked);
}

startup_status without_storage(startup_status status, std::string why) {
  status.waiting_for = "storage";
  status.last_error = std::move(why);
  return status;
}

http::response status_response(const startup_status& status, base::clock::wall_time now) {
  auto shown = to_json(status);
  shown["ready"] = status.state == startup_state::ready;
  shown["current_time"] = base::to_text(now);
  return json_response(200, shown);
}

http::response healthcheck_response(const startup_status& status, const http::request&,
                                    base::clock::wall_time now) {
  auto process = healthy(now);
  if (status.state != startup_state::ready) {
    process["message"] = state_sentence(status);
  }
  auto answer =
      json_response(200, json::object{{"deadlocks", healthy(now)}, {"reaper", std::move(process)}});
  answer.headers.push_back({"Cache-Control", "must-revalidate,no-cache,no-store"});
  return answer;
}

http::response ping_response(const startup_status& status, const result<void>& storage) {
  const bool ready = status.state == startup_state::ready;
  if (ready && storage) return {.status = 204};
  return {.status = 500,
          .content_type = "text/plain",
          .body = (ready ? "storage does not answer: " + storage.error().message()
                         : state_sentence(status)) +
                  "\n"};
}

http::response admin_menu() {
  std::string page = "<!DOCTYPE html>\n<html><head><title>Helenus</title></head><body><ul>\n";
  for (const auto* path : {"/healthcheck", "/livez?verbose", "/readyz?verbose", "/startupz?verbose",
                           "/status", "/ping", "/prometheusMetrics"}) {
    page += "<li><a href=\"" + std::string(path) + "\">" + path + "</a></li>\n";
  }
  return {.status = 200,
          .content_type = "text/html; charset=utf-8",
          .body = page + "</ul></body></html>\n"};
}

http::response not_ready_response(const startup_status& status) {
  auto answer = json_response(503, to_json(status));
  answer.headers.push_back({"Retry-After", retry_after_seconds});
  return answer;
}

}  // namespace helenus::app
