#include "app/one_shot/one_shot_report.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace helenus::app {
namespace {

namespace json = boost::json;

std::string_view kind_text(repair::progress::kind kind) {
  using enum repair::progress::kind;
  switch (kind) {
    case run_changed:
      return "run_changed";
    case segment_started:
      return "segment_started";
    case segment_done:
      return "segment_done";
    case segment_postponed:
      return "segment_postponed";
  }
  return "";
}

json::object counts_view(const progress_view& view) {
  json::object counts{{"segments", view.total},
                      {"done", view.done},
                      {"running", view.running},
                      {"to_retry", view.failed_before},
                      {"elapsed_ms", view.elapsed.count()}};
  if (view.rate) counts["segments_per_second"] = *view.rate;
  if (view.remaining) counts["eta_seconds"] = view.remaining->count();
  return counts;
}

class json_report final : public one_shot_report {
 public:
  explicit json_report(std::FILE* out) : out_(out) {}

  void planned(const model::cluster& cluster, const std::vector<repair::run_report>& runs,
               bool resumed) override {
    json::array plans;
    for (const auto& run : runs) {
      plans.push_back(
          json::object{{"run", run.run.id.value().to_string()},
                       {"keyspace", run.unit.keyspace},
                       {"tables", json::array(run.run.tables.begin(), run.run.tables.end())},
                       {"segments", run.counts.total},
                       {"done", run.counts.done}});
    }
    put("planned", {{"cluster", cluster.name}, {"resumed", resumed}, {"runs", std::move(plans)}});
  }
  void advanced(const progress_view& view) override {
    if (view.done == done_) return;  // a reader wants news
    done_ = view.done;
    put("progress", counts_view(view));
  }
  void happened(const repair::progress& event, std::string_view keyspace) override {
    json::object fields{{"run", event.run.value().to_string()},
                        {"keyspace", keyspace},
                        {"state", model::to_string(event.state)}};
    if (event.segment) fields["segment"] = event.segment->value().to_string();
    if (!event.text.empty()) fields["text"] = event.text;
    put(kind_text(event.what), std::move(fields));
  }
  void waiting(const run_wait& wait) override {
    json::object fields{{"run", wait.run.value().to_string()},
                        {"keyspace", wait.keyspace},
                        {"for", model::to_string(wait.reason.what)}};
    if (wait.reason.node) fields["node"] = *wait.reason.node;
    fields["text"] = waiting_sentence(wait);
    put("waiting", std::move(fields));
  }
  void interrupted() override { put("interrupted", {}); }
  void finished(const one_shot_outcome& outcome) override {
    auto fields = counts_view(outcome.progress);
    fields["exit_code"] = outcome.exit_code;
    fields["failures"] = json::array(outcome.failures.begin(), outcome.failures.end());
    put("finished", std::move(fields));
  }
  void failed(const std::string& why, const std::string& advice) override {
    put("failed", {{"text", why}, {"advice", advice}});
  }

 private:
  void put(std::string_view event, json::object fields) {
    json::object line{{"event", event}};
    for (auto& field : fields) line.emplace(field.key(), std::move(field.value()));
    std::fputs((json::serialize(line) + "\n").c_str(), out_);
    std::fflush(out_);
  }

  std::FILE* out_;
  int done_ = -1;
};

}  // namespace

std::unique_ptr<one_shot_report> make_json_report(std::FILE* out) {
  return std::make_unique<json_report>(out);
}

}  // namespace helenus::app
