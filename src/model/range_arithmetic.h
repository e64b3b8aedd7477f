#pragma once

#include "model/token_range.h"

#include <cstdint>
#include <vector>

namespace helenus::model {

/// The position `offset` tokens after `from`, over the end of the ring if need be.
token advance(token from, uint128 offset, partitioner kind);

/// The tokens in both ranges: none, one or two ranges (two that wrap may meet at both ends), in the
/// order in which `left` is walked.
std::vector<token_range> intersection(const token_range& left, const token_range& right,
                                      partitioner kind);

/// The tokens of `from` that are not in `what`: none, one or two ranges, in the order of `from`.
std::vector<token_range> difference(const token_range& from, const token_range& what,
                                    partitioner kind);

/// The fewest ranges with the same tokens, sorted by start. Ranges that touch become one; all
/// tokens are the one range from the minimum token to itself.
std::vector<token_range> merge(const std::vector<token_range>& ranges, partitioner kind);

/// `pieces` (at least 1) ranges of almost equal size: border j lies floor(span * j / pieces) tokens
/// after the start. Fewer pieces when the range has fewer tokens: an empty piece would read as the
/// whole ring.
std::vector<token_range> split(const token_range& range, std::uint64_t pieces, partitioner kind);

/// How many of `count` equal parts of the ring the range needs: ceil(span * count / ring size).
std::uint64_t parts_of_ring(const token_range& range, std::uint32_t count, partitioner kind);

/// True when the ranges, sorted by start, cover each token of the ring exactly once.
bool is_partition(const std::vector<token_range>& sorted);

}  // namespace helenus::model
