#include "deployment/leadership.h"

#include <cstdint>
#include <utility>

namespace helenus::deployment {
namespace {

std::pair<std::int64_t, std::int64_t> halves(const model::uuid& id) {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  for (std::size_t index = 0; index < 8; ++index) {
    high = high << 8 | id.bytes()[index];
    low = low << 8 | id.bytes()[index + 8];
  }
  return {static_cast<std::int64_t>(high), static_cast<std::int64_t>(low)};
}

}  // namespace

bool comes_before(const model::uuid& left, const model::uuid& right) {
  return halves(left) < halves(right);
}

std::optional<model::uuid> leader(const std::vector<storage::instance>& alive) {
  std::optional<model::uuid> first;
  for (const auto& each : alive) {
    if (!first || comes_before(each.id, *first)) first = each.id;
  }
  return first;
}

}  // namespace helenus::deployment
