#include "model/range_arithmetic.h"

#include "base/assert.h"

#include <algorithm>

namespace helenus::model {
namespace {

// Offsets count tokens from a fixed place on the ring: no wrap-around, no sign. A ring has at most
// 2^127 tokens, so the sum of two offsets fits.
uint128 distance(token from, token to, partitioner kind) {
  const auto length = static_cast<uint128>(to.value()) - static_cast<uint128>(from.value());
  return to >= from ? length : length + ring_size(kind);
}

// The tokens that `other` shares with a range of `length` tokens that begins at `start`, as
// half-open intervals of offsets, ascending.
struct interval {
  uint128 from;
  uint128 to;
};

std::vector<interval> shared(token start, uint128 length, const token_range& other,
                             partitioner kind) {
  const auto size = ring_size(kind);
  const auto from = distance(start, other.start, kind);
  const auto to = from + other.span(kind);
  std::vector<interval> parts;
  if (to > size) parts.push_back({0, std::min(to - size, length)});
  if (from < length) parts.push_back({from, std::min(to, length)});
  return parts;
}

token_range range_of(token start, const interval& part, partitioner kind) {
  return {advance(start, part.from, kind), advance(start, part.to, kind)};
}

bool is_whole_ring(const token_range& range) { return range.start == range.end; }

}  // namespace

token advance(token from, uint128 offset, partitioner kind) {
  const auto left = static_cast<uint128>(maximum_token(kind).value()) -
                    static_cast<uint128>(from.value());  // tokens after `from`
  const auto moved = static_cast<uint128>(from.value()) + offset;
  return token(static_cast<int128>(offset <= left ? moved : moved - ring_size(kind)));
}

std::vector<token_range> intersection(const token_range& left, const token_range& right,
                                      partitioner kind) {
  if (is_whole_ring(right)) return {left};
  if (is_whole_ring(left)) return {right};
  std::vector<token_range> common;
  for (const auto& part : shared(left.start, left.span(kind), right, kind)) {
    common.push_back(range_of(left.start, part, kind));
  }
  return common;
}

std::vector<token_range> difference(const token_range& from, const token_range& what,
                                    partitioner kind) {
  if (is_whole_ring(what)) return {};
  if (is_whole_ring(from)) return {{what.end, what.start}};
  const auto length = from.span(kind);
  std::vector<token_range> rest;
  uint128 reached = 0;
  for (const auto& part : shared(from.start, length, what, kind)) {
    if (part.from > reached) rest.push_back(range_of(from.start, {reached, part.from}, kind));
    reached = part.to;
  }
  if (reached < length) rest.push_back(range_of(from.start, {reached, length}, kind));
  return rest;
}

std::vector<token_range> merge(const std::vector<token_range>& ranges, partitioner kind) {
  const auto first = minimum_token(kind);
  const auto size = ring_size(kind);
  // Seen from the minimum token, (start, end] are the offsets [start + 1, end + 1).
  std::vector<interval> parts;
  for (const auto& range : ranges) {
    if (is_whole_ring(range)) return {{first, first}};
    const auto from = distance(first, range.start, kind) + 1;
    const auto to = distance(first, range.end, kind) + 1;
    if (!range.wraps()) {
      parts.push_back({from, to});
      continue;
    }
    if (from < size) parts.push_back({from, size});
    parts.push_back({0, to});
  }
  std::sort(parts.begin(), parts.end(),
            [](const interval& left, const interval& right) { return left.from < right.from; });
  std::vector<interval> joined;
  for (const auto& part : parts) {
    if (!joined.empty() && part.from <= joined.back().to) {
      joined.back().to = std::max(joined.back().to, part.to);
    } else {
      joined.push_back(part);
    }
  }
  if (joined.size() == 1 && joined[0].from == 0 && joined[0].to == size) return {{first, first}};
  if (joined.size() > 1 && joined.front().from == 0 && joined.back().to == size) {
    joined.back().to = joined.front().to;
    joined.erase(joined.begin());
  }
  std::vector<token_range> merged;
  for (const auto& part : joined) {
    // One before the offset; before the minimum token comes the maximum.
    const auto before = [&](uint128 offset) {
      return offset == 0 ? maximum_token(kind) : advance(first, offset - 1, kind);
    };
    merged.push_back({before(part.from), before(part.to)});
  }
  std::sort(merged.begin(), merged.end());
  return merged;
}

std::vector<token_range> split(const token_range& range, std::uint64_t pieces, partitioner kind) {
  const auto size = range.span(kind);
  HELENUS_ASSERT(pieces > 0);
  const auto count = static_cast<std::uint64_t>(std::min<uint128>(pieces, size));
  // floor(size * j / count) without a wider type: size = whole * count + rest.
  const auto whole = size / count;
  const auto rest = size % count;
  std::vector<token_range> parts;
  parts.reserve(count);
  auto start = range.start;
  for (std::uint64_t j = 1; j <= count; ++j) {
    const auto end = advance(range.start, whole * j + rest * j / count, kind);
    parts.push_back({start, end});
    start = end;
  }
  return parts;
}

std::uint64_t parts_of_ring(const token_range& range, std::uint32_t count, partitioner kind) {
  // span * count has up to 159 bits; the ring's size is a power of two, so two halves will do.
  const auto span = range.span(kind);
  const auto low = static_cast<uint128>(static_cast<std::uint64_t>(span)) * count;
  const auto high = (span >> 64) * count + (low >> 64);
  const auto low_bits = static_cast<std::uint64_t>(low);
  if (kind == partitioner::murmur3) return static_cast<std::uint64_t>(high) + (low_bits != 0);
  const auto mask = (uint128{1} << 63) - 1;
  const bool remainder = low_bits != 0 || (high & mask) != 0;
  return static_cast<std::uint64_t>(high >> 63) + remainder;
}

bool is_partition(const std::vector<token_range>& sorted) {
  if (sorted.empty()) return false;
  for (std::size_t index = 0; index < sorted.size(); ++index) {
    const auto& next = sorted[(index + 1) % sorted.size()];
    const bool last = index + 1 == sorted.size();
    if (sorted[index].end != next.start) return false;
    // Only the last may wrap, or the ring would be walked more than once.
    if (sorted[index].wraps() != last) return false;
  }
  return true;
}

}  // namespace helenus::model
