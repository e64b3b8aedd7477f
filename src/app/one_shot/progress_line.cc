#include "app/one_shot/progress_line.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace helenus::app {

namespace {

using namespace std::chrono_literals;

constexpr auto rate_window = 60s;
constexpr std::size_t narrowest_bar = 8;
constexpr std::size_t widest_bar = 40;

double share(const progress_view& view) {
  return view.total == 0 ? 1.0 : static_cast<double>(view.done) / view.total;
}

std::string rate_text(double rate) {
  const bool per_minute = rate < 1.0;
  const double shown = per_minute ? rate * 60.0 : rate;
  const auto tenths = std::llround(shown * 10.0);
  auto number = std::to_string(tenths / 10);
  if (tenths < 100) number += "." + std::to_string(tenths % 10);
  return number + (per_minute ? "/min" : "/s");
}

std::string bar(double fraction, std::size_t width) {
  // Eighths of a character, so that a long repair is seen to move.
  static constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto units =
      static_cast<std::size_t>(std::clamp(fraction, 0.0, 1.0) * static_cast<double>(width * 8));
  std::string text;
  for (std::size_t cell = 0; cell < units / 8; ++cell) text += "█";
  std::size_t used = units / 8;
  if (units % 8 != 0) {
    text += eighths[units % 8];
    ++used;
  }
  return text + std::string(width - used, ' ');
}

/// What is told, most important first. Plain ASCII: one byte is one column.
std::vector<std::string> parts(const progress_view& view) {
  std::vector<std::string> told;
  told.push_back(std::to_string(view.done) + "/" + std::to_string(view.total) + " segments");
  told.push_back(std::to_string(static_cast<int>(share(view) * 100.0)) + " %");
  if (view.remaining) told.push_back("ETA " + duration_text(*view.remaining));
  if (view.rate) told.push_back(rate_text(*view.rate));
  if (view.failed_before > 0) told.push_back(std::to_string(view.failed_before) + " to retry");
  told.push_back(std::to_string(view.running) + " running");
  return told;
}

}  // namespace

void progress_rate::add(std::chrono::milliseconds elapsed, int done) {
  samples_.push_back({elapsed, done});
  while (samples_.size() > 2 && elapsed - samples_.front().elapsed > rate_window) {
    samples_.pop_front();
  }
}

std::optional<double> progress_rate::per_second() const {
  if (samples_.size() < 2) return std::nullopt;
  const auto& first = samples_.front();
  const auto& last = samples_.back();
  const auto span = std::chrono::duration<double>(last.elapsed - first.elapsed).count();
  if (last.done <= first.done || span <= 0.0) return std::nullopt;
  return static_cast<double>(last.done - first.done) / span;
}

std::optional<std::chrono::seconds> progress_rate::remaining(int segments) const {
  const auto rate = per_second();
  if (!rate) return std::nullopt;
  return std::chrono::seconds(std::llround(std::ceil(static_cast<double>(segments) / *rate)));
}

std::string duration_text(std::chrono::seconds length) {
  const auto two = [](auto number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  const auto total = length.count();
  const auto hours = total / 3600;
  const auto minutes = total / 60 % 60;
  if (hours > 0) return std::to_string(hours) + ":" + two(minutes) + ":" + two(total % 60);
  return std::to_string(minutes) + ":" + two(total % 60);
}

std::string progress_line(const progress_view& view, std::size_t width) {
  std::string text;
  for (const auto& part : parts(view)) {
    const auto longer = text.size() + (text.empty() ? 0 : 2) + part.size();
    if (longer > width) break;
    text += (text.empty() ? "" : "  ") + part;
  }
  if (width < text.size() + narrowest_bar + 4) return text;
  const auto cells = std::min(width - text.size() - 4, widest_bar);
  return "[" + bar(share(view), cells) + "]  " + text;
}

std::string progress_sentence(const progress_view& view) {
  std::string text;
  for (const auto& part : parts(view)) text += (text.empty() ? "" : ", ") + part;
  return text;
}

}  // namespace helenus::app
