#include "repair/segment/segment_keeper.h"

#include "base/log.h"
#include "base/uuid.h"
#include "storage/errc.h"

namespace helenus::repair {

segment_keeper::segment_keeper(boost::asio::any_io_executor executor, base::clock& clock,
                               storage::segment_store& store, storage_gate& gate,
                               const repair_options& options)
    : clock_(clock), store_(store), gate_(gate), options_(options), dirty_(std::move(executor)) {}

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
  if (!version && version.error().code == storage::errc::superseded) {
    // An earlier attempt may have taken effect although it was reported as failed.
    auto found = co_await store_.find(row.run, row.id);
    if (!found) co_return found.error();
    const bool ours = found->stored == stored_ + 1 && found->coordinator == row.coordinator &&
                      found->start_time == row.start_time &&
                      found->state != model::segment_state::done;
    if (!ours) co_return version.error();
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

void segment_keeper::give_up() {
  lost_ = true;
  wanted_.reset();
  if (on_lost) on_lost();
}

}  // namespace helenus::repair
