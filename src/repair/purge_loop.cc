#include "repair/purge_loop.h"

#include "base/log.h"

namespace helenus::repair {
namespace {

constexpr std::chrono::hours between_purges{1};

}  // namespace

task<void> purge_loop(base::clock& clock, repair_service& repairs) {
  for (;;) {
    const auto purged = co_await repairs.purge();
    if (!purged) {
      base::log_warn("repair", "ended runs could not be purged",
                     {{"error", purged.error().message()}});
    } else if (*purged > 0) {
      base::log_info("repair", "ended runs were purged", {{"runs", std::to_string(*purged)}});
    }
    co_await clock.sleep_for(between_purges);
  }
}

}  // namespace helenus::repair
