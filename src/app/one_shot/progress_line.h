#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>

namespace helenus::app {

/// How far a repair is, for people.
struct progress_view {
  int total = 0;
  int done = 0;
  int running = 0;
  int failed_before = 0;  ///< not done, and failed at least once
  std::chrono::milliseconds elapsed{0};
  std::optional<double> rate;                     ///< segments a second, when it can be told
  std::optional<std::chrono::seconds> remaining;  ///< ETA, when it can be told
};

/// Speed over the last minute, so that the ETA follows what the cluster does now. Pure: the caller
/// says what time it is.
class progress_rate {
 public:
  void add(std::chrono::milliseconds elapsed, int done);
  std::optional<double> per_second() const;
  std::optional<std::chrono::seconds> remaining(int segments) const;

 private:
  struct sample {
    std::chrono::milliseconds elapsed;
    int done;
  };
  std::deque<sample> samples_;
};

/// "0:07", "12:34", "3:07:00".
std::string duration_text(std::chrono::seconds length);

/// One line of at most `width` columns: bar, counts, share, rate and ETA. What does not fit is left
/// out from the right; the bar shrinks first.
std::string progress_line(const progress_view& view, std::size_t width);

/// The same without a bar, for a pipe.
std::string progress_sentence(const progress_view& view);

}  // namespace helenus::app
