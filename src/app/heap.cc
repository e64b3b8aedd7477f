#include "app/heap.h"

#include <malloc.h>

namespace helenus::app {
namespace {

constexpr std::chrono::seconds start_is_over{3};
constexpr std::chrono::minutes interval{1};

}  // namespace

void share_heap() {
  mallopt(M_ARENA_MAX, 1);  // NOLINT(concurrency-mt-unsafe): before there are threads
}

void give_free_memory_back() { malloc_trim(0); }

task<void> keep_heap_small(base::clock& clock, std::function<void()> give_back) {
  co_await clock.sleep_for(start_is_over);
  for (;;) {
    give_back();
    co_await clock.sleep_for(interval);
  }
}

}  // namespace helenus::app
