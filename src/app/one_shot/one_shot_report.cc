#include "app/one_shot/one_shot_report.h"

#include <sys/ioctl.h>

#include <optional>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;

void put_line(std::FILE* out, const std::string& line) {
  std::fputs((line + "\n").c_str(), out);
  std::fflush(out);
}

std::string failure_line(const repair::progress& event, std::string_view keyspace) {
  return std::string(keyspace) + ": a segment will be tried again: " + event.text;
}

class terminal_report final : public one_shot_report {
 public:
  explicit terminal_report(std::FILE* out) : out_(out) {}

  void planned(const model::cluster& cluster, const std::vector<repair::run_report>& runs,
               bool resumed) override {
    above((resumed ? "Going on with the repair of cluster '" : "Repairing cluster '") +
          cluster.name + "'");
    for (const auto& run : runs) above("  " + plan_sentence(run));
  }
  void advanced(const progress_view& view) override { draw(progress_line(view, columns() - 1)); }
  void happened(const repair::progress& event, std::string_view keyspace) override {
    if (event.what == repair::progress::kind::segment_postponed) {
      above(failure_line(event, keyspace));
    }
  }
  void waiting(const run_wait& wait) override { above("Waiting: " + waiting_sentence(wait)); }
  void interrupted() override {
    above("Stopping: running segments end or are cancelled. Ctrl-C again ends at once.");
  }
  void finished(const one_shot_outcome& outcome) override {
    clear();
    for (const auto& line : closing_lines(outcome)) put_line(out_, line);
  }
  void failed(const std::string& why, const std::string& advice) override {
    clear();
    put_line(stderr, "helenus: " + why);
    if (!advice.empty()) put_line(stderr, advice);
  }

 private:
  std::size_t columns() const {
    winsize size{};
    const bool known = ioctl(fileno(out_), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return known ? size.ws_col : 80;
  }
  void clear() { std::fputs("\r\x1b[K", out_); }
  void draw(const std::string& line) {
    drawn_ = line;
    clear();
    std::fputs(line.c_str(), out_);
    std::fflush(out_);
  }
  void above(const std::string& line) {
    clear();
    put_line(out_, line);
    if (!drawn_.empty()) draw(std::string(drawn_));
  }

  std::FILE* out_;
  std::string drawn_;
};

class plain_report final : public one_shot_report {
 public:
  explicit plain_report(std::FILE* out) : out_(out) {}

  void planned(const model::cluster& cluster, const std::vector<repair::run_report>& runs,
               bool resumed) override {
    put_line(out_, (resumed ? "going on with the repair of cluster '" : "repairing cluster '") +
                       cluster.name + "'");
    for (const auto& run : runs) put_line(out_, plan_sentence(run));
  }
  void advanced(const progress_view& view) override {
    const int tenth = view.total == 0 ? 10 : view.done * 10 / view.total;
    if (tenth == tenth_ && view.elapsed - told_ < 30s) return;
    tenth_ = tenth;
    told_ = view.elapsed;
    put_line(out_, progress_sentence(view));
  }
  void happened(const repair::progress& event, std::string_view keyspace) override {
    if (event.what == repair::progress::kind::segment_postponed) {
      put_line(out_, failure_line(event, keyspace));
    }
  }
  void waiting(const run_wait& wait) override {
    put_line(out_, "waiting: " + waiting_sentence(wait));
  }
  void interrupted() override { put_line(out_, "stopping"); }
  void finished(const one_shot_outcome& outcome) override {
    for (const auto& line : closing_lines(outcome)) put_line(out_, line);
  }
  void failed(const std::string& why, const std::string& advice) override {
    put_line(stderr, "helenus: " + why);
    if (!advice.empty()) put_line(stderr, advice);
  }

 private:
  std::FILE* out_;
  int tenth_ = 0;
  std::chrono::milliseconds told_{0};
};

}  // namespace

std::unique_ptr<one_shot_report> make_terminal_report(std::FILE* out) {
  return std::make_unique<terminal_report>(out);
}

std::unique_ptr<one_shot_report> make_plain_report(std::FILE* out) {
  return std::make_unique<plain_report>(out);
}

std::string plan_sentence(const repair::run_report& run) {
  const auto tables = run.run.tables.size();
  std::string text = run.unit.keyspace + ": " + std::to_string(run.counts.total) + " segments of " +
                     std::to_string(tables) + (tables == 1 ? " table" : " tables");
  if (run.counts.done > 0) text += ", " + std::to_string(run.counts.done) + " of them done before";
  return text;
}

std::vector<std::string> closing_lines(const one_shot_outcome& outcome) {
  const auto& view = outcome.progress;
  const auto took = duration_text(std::chrono::duration_cast<std::chrono::seconds>(view.elapsed));
  const auto counts = std::to_string(view.done) + " of " + std::to_string(view.total) + " segments";
  std::vector<std::string> lines;
  switch (outcome.exit_code) {
    case 0:
      lines.push_back("Done: " + counts + " repaired in " + took + ".");
      break;
    case 1:
      lines.push_back("Failed: only " + counts + " were repaired in " + took + ".");
      break;
    default:
      lines.push_back("Stopped after " + counts + " in " + took + ".");
      break;
  }
  for (const auto& failure : outcome.failures) lines.push_back("  " + failure);
  if (!outcome.resume_hint.empty()) lines.push_back(outcome.resume_hint);
  return lines;
}

}  // namespace helenus::app
