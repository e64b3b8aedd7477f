#pragma once

#include "model/token.h"

#include <compare>
#include <string>

namespace helenus::model {

/// The tokens in (start, end]: start excluded, end included. It wraps over the end of the ring when
/// start >= end; start == end is the whole ring.
struct token_range {
  token start;
  token end;

  friend auto operator<=>(const token_range&, const token_range&) = default;
  friend bool operator==(const token_range&, const token_range&) = default;

  bool wraps() const { return start >= end; }
  bool contains(token position) const;
  /// True when every token of `inner` is in this range.
  bool encloses(const token_range& inner) const;
  /// The number of tokens.
  uint128 span(partitioner kind) const;
  /// "(start,end]"
  std::string to_string() const;
};

}  // namespace helenus::model
