#include "repair/dispatch/packing.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>

namespace helenus::repair {
namespace {

constexpr std::size_t nobody = std::numeric_limits<std::size_t>::max();
/// More passes find little more.
constexpr int most_passes = 4;
/// Rivals of one chosen item that are tried as a pair; the first are the most wanted.
constexpr std::size_t most_rivals = 64;

class packing {
 public:
  packing(const std::vector<packing_item>& items, const std::vector<std::int64_t>& work)
      : items_(items), owner_(work.size(), nobody), chosen_(items.size(), false) {
    const auto most =
        std::max<std::int64_t>(1, work.empty() ? 1 : *std::max_element(work.begin(), work.end()));
    weight_.reserve(work.size());
    // Steep: only nodes near the heaviest decide how long everything takes.
    for (const auto left : work) {
      weight_.push_back(std::pow(static_cast<double>(left) / static_cast<double>(most), 64.0));
    }
  }

  std::vector<std::size_t> choose() {
    for (std::size_t index = 0; index < items_.size(); ++index) {
      if (is_free(index)) take(index);
    }
    for (int pass = 0; pass < most_passes && improve(); ++pass) {
    }
    for (std::size_t index = 0; index < items_.size(); ++index) {
      if (!chosen_[index] && is_free(index)) take(index);
    }
    std::vector<std::size_t> result;
    for (std::size_t index = 0; index < items_.size(); ++index) {
      if (chosen_[index]) result.push_back(index);
    }
    return result;
  }

 private:
  bool is_free(std::size_t index) const {
    return std::all_of(items_[index].nodes.begin(), items_[index].nodes.end(),
                       [this](std::uint32_t node) { return owner_[node] == nobody; });
  }

  void take(std::size_t index) {
    chosen_[index] = true;
    for (const auto node : items_[index].nodes) owner_[node] = index;
  }

  void drop(std::size_t index) {
    chosen_[index] = false;
    for (const auto node : items_[index].nodes) owner_[node] = nobody;
  }

  double value(std::size_t index) const {
    double sum = 0;
    for (const auto node : items_[index].nodes) sum += weight_[node];
    return sum;
  }

  /// The one chosen item that is in the way; nobody when none is or several are.
  std::size_t only_rival(std::size_t index) const {
    auto rival = nobody;
    for (const auto node : items_[index].nodes) {
      if (owner_[node] == nobody) continue;
      if (rival != nobody && rival != owner_[node]) return nobody;
      rival = owner_[node];
    }
    return rival;
  }

  bool share_a_node(std::size_t left, std::size_t right) const {
    const auto& other = items_[right].nodes;
    return std::any_of(items_[left].nodes.begin(), items_[left].nodes.end(),
                       [&](std::uint32_t node) {
                         return std::find(other.begin(), other.end(), node) != other.end();
                       });
  }

  bool improve() {
    bool improved = false;
    std::unordered_map<std::size_t, std::vector<std::size_t>> rivals;
    for (std::size_t index = 0; index < items_.size(); ++index) {
      if (chosen_[index]) continue;
      if (is_free(index)) {
        take(index);
        improved = true;
        continue;
      }
      const auto blocker = only_rival(index);
      if (blocker == nobody) continue;
      auto& list = rivals[blocker];
      if (list.size() < most_rivals) list.push_back(index);
    }
    for (std::size_t index = 0; index < items_.size(); ++index) {
      const auto found = rivals.find(index);
      if (found != rivals.end() && chosen_[index])
        improved = replace(index, found->second) || improved;
    }
    return improved;
  }

  bool replace(std::size_t old, const std::vector<std::size_t>& rivals) {
    const double needed = value(old) * (1 - 1e-9);
    drop(old);
    for (std::size_t first = 0; first < rivals.size(); ++first) {
      if (!is_free(rivals[first])) continue;
      for (std::size_t second = first + 1; second < rivals.size(); ++second) {
        if (!is_free(rivals[second]) || share_a_node(rivals[first], rivals[second])) continue;
        if (value(rivals[first]) + value(rivals[second]) < needed) continue;
        take(rivals[first]);
        take(rivals[second]);
        return true;
      }
    }
    take(old);
    return false;
  }

  const std::vector<packing_item>& items_;
  std::vector<double> weight_;
  std::vector<std::size_t> owner_;
  std::vector<bool> chosen_;
};

}  // namespace

std::vector<std::size_t> choose_disjoint(const std::vector<packing_item>& items,
                                         const std::vector<std::int64_t>& work) {
  return packing(items, work).choose();
}

}  // namespace helenus::repair
