#include "repair/segment/segment_keeper.h"

#include "base/log.h"
#include "base/uuid.h"
#include "storage/errc.h"

namespace helenus::repair {
namespace {

// Each time something of what was written before may only just have taken effect.
constexpr int most_looks = 3;

bool is_superseded(const result<model::version>& written) {
  return !written && written.error().code == storage::errc::superseded;
}

}  // namespace

segment_keeper::segment_keeper(boost::asio::any_io_executor executor, base::clock& clock,
                               storage::segment_store& store, storage_gate& gate,
                               const repair_options& options)
    : clock_(clock), store_(store), gate_(gate), options_(options), dirty_(std::move(executor)) {}

void segment_keeper::begin(const model::repair_segment& row) {
  stored_ = row.stored;
  attempt_ = attempt_of(row);
}

void segment_keeper::keep(model::repair_segment row) {
  if (lost_) return;
  wanted_ = std::move(row);
  dirty_.set();
}

task<void> segment_keeper::run() {
  while (true) {
    co_await dirty_.wait();
    unsigned attempt = 0;
    while (wanted_ && !lost_) {
      auto row = *wanted_;
      writing_ = true;
      auto written = co_await write(row);
      writing_ = false;
      if (written) {
        // Something newer may have been asked for meanwhile.
        attempt = 0;
        continue;
      }
      if (!is_storage_trouble(written.error())) {
        base::log_warn(
            "repair", "a segment was changed by somebody else",
            {{"segment", row.id.value().to_string()}, {"error", written.error().message()}});
        give_up();
        break;
      }
      gate_.failed(written.error(), clock_.now(), clock_.wall_now(), base::random_bits());
      ++attempt;
      co_await clock_.sleep_for(
          base::backoff_delay(options_.storage_retry, attempt, base::random_bits()));
    }
    if (on_settled) on_settled();
  }
}

task<void> segment_keeper::write(model::repair_segment row) {
  row.stored = stored_;
  auto version = co_await store_.replace(row);
  for (int look = 0; look < most_looks && is_superseded(version); ++look) {
    auto found = co_await store_.find(row.run, row.id);
    if (!found) co_return found.error();
    if (!is_ours(*found, row)) break;
    row.stored = found->stored;
    version = co_await store_.replace(row);
  }
  if (!version) co_return version.error();
  gate_.worked();
  stored_ = *version;
  row.stored = *version;
  if (wanted_ && wanted_->state == row.state && wanted_->command == row.command &&
      wanted_->fail_count == row.fail_count) {
    wanted_.reset();
  }
  if (on_stored) on_stored(row);
  co_return result<void>{};
}

/// Whether the attempt goes on in what is stored, or has ended as `row` tells: an earlier write may
/// have taken effect although it was reported as failed, with all that belongs to it or a part.
bool segment_keeper::is_ours(const model::repair_segment& found,
                             const model::repair_segment& row) const {
  using enum model::segment_state;
  const bool goes_on = found.state == started || found.state == running;
  if (goes_on) return attempt_of(found) == attempt_;
  return found.state == row.state && found.fail_count == row.fail_count &&
         attempt_of(found) == attempt_of(row) && found.end_time == row.end_time;
}

void segment_keeper::give_up() {
  lost_ = true;
  wanted_.reset();
  if (on_lost) on_lost();
}

}  // namespace helenus::repair
