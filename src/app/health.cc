#include "app/health.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <ctime>

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

/// "opening_storage: waiting for the next attempt to start"
std::string state_sentence(const startup_status& status) {
  return std::string(app::to_text(status.state)) +
         (status.waiting_for.empty() ? "" : ": waiting for " + status.waiting_for);
}

json::object healthy(base::clock::wall_time now) {
  return {{"healthy", true}, {"duration", 0}, {"timestamp", base::to_text(now)}};
}

}  // namespace

http::response live_response() {
  return {.status = 200, .content_type = "text/plain", .body = "alive\n"};
}

http::response ready_response(const startup_status& status) {
  return status.state == startup_state::ready ? json_response(200, to_json(status))
                                              : not_ready_response(status);
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
  for (const auto* path : {"/healthcheck", "/ready", "/status", "/ping", "/prometheusMetrics"}) {
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
