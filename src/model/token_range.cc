#include "model/token_range.h"

namespace helenus::model {

bool token_range::contains(token position) const {
  if (start == end) return true;
  return wraps() ? position > start || position <= end : position > start && position <= end;
}

bool token_range::encloses(const token_range& inner) const {
  if (start == end) return true;
  if (inner.start == inner.end) return false;
  if (!wraps()) return !inner.wraps() && inner.start >= start && inner.end <= end;
  if (inner.wraps()) return inner.start >= start && inner.end <= end;
  return inner.start >= start || inner.end <= end;
}

uint128 token_range::span(partitioner kind) const {
  const auto length = static_cast<uint128>(end.value()) - static_cast<uint128>(start.value());
  return wraps() ? length + ring_size(kind) : length;
}

std::string token_range::to_string() const {
  return "(" + start.to_string() + "," + end.to_string() + "]";
}

}  // namespace helenus::model
