#include "app/storage_renewal.h"

#include "base/log.h"

#include <chrono>
#include <string>
#include <utility>

namespace helenus::app {
namespace {

constexpr std::chrono::seconds look_every{5};

}  // namespace

task<void> keep_renewed(base::clock& clock, storage_renewal how, storage_access used) {
  std::string told;
  for (;;) {
    co_await clock.sleep_for(look_every);
    auto now = co_await how.current();
    if (!now || *now == used) continue;  // what is wrong was told by who read it
    if (const auto done = co_await how.connect(*now); done) {
      base::log_info("app", "storage is reached with renewed logins or certificates");
      used = std::move(*now);
      told.clear();
    } else if (auto why = done.error().message(); std::exchange(told, why) != why) {
      base::log_warn("app",
                     "renewed logins or certificates do not lead to storage (yet); its connections "
                     "stay as they are",
                     {{"error", why}});
    }
  }
}

}  // namespace helenus::app
