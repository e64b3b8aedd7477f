#include "repair/storage_gate.h"

#include "storage/errc.h"

#include <algorithm>
#include <limits>

namespace helenus::repair {

void storage_gate::failed(const error& failure, base::clock::time_point now,
                          base::clock::wall_time wall, std::uint64_t random) {
  if (!trouble_) {
    trouble_ = trouble{};
    trouble_->since = wall;
  }
  // Many writers fail at the same time: that is one failure.
  if (trouble_->attempts > 0 && now < trouble_->next) return;
  trouble_->last = failure;
  ++trouble_->attempts;
  const auto wait = base::backoff_delay(retry_, trouble_->attempts, random);
  trouble_->next = now + wait;
  trouble_->next_wall = wall + wait;
}

std::size_t storage_gate::starts_allowed(base::clock::time_point now) const {
  if (!trouble_) return std::numeric_limits<std::size_t>::max();
  return now >= trouble_->next ? 1 : 0;
}

std::optional<base::clock::time_point> storage_gate::next_try() const {
  if (!trouble_) return std::nullopt;
  return trouble_->next;
}

std::optional<model::waiting_reason> storage_gate::reason() const {
  if (!trouble_) return std::nullopt;
  model::waiting_reason why;
  why.what = model::waiting_for::storage;
  why.since = trouble_->since;
  why.next_check = trouble_->next_wall;
  why.detail = trouble_->last.message();
  return why;
}

bool is_storage_trouble(const error& failure) {
  using storage::errc;
  return failure.code != errc::superseded && failure.code != errc::not_found &&
         failure.code != errc::conflict && failure.code != errc::invalid_row;
}

}  // namespace helenus::repair
