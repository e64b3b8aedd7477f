#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace helenus::repair {

/// Something that needs all of its nodes, each of which can serve one thing at a time.
struct packing_item {
  std::span<const std::uint32_t> nodes;
};

/// Chooses items with disjoint nodes. `items` come in order of preference; `work` is what each node
/// (by number) has left. First greedily; then, where that keeps more of the most loaded nodes
/// busy, one chosen item makes room for two. Returns positions in `items`, in their order. Pure.
std::vector<std::size_t> choose_disjoint(const std::vector<packing_item>& items,
                                         const std::vector<std::int64_t>& work);

}  // namespace helenus::repair
