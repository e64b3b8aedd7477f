#pragma once

#include "base/clock.h"
#include "base/task.h"

#include <functional>

namespace helenus::app {

/// Threads that come get no heap of their own, of which most would stay unused: the io thread does
/// nearly all that allocates. To be called before there are any.
void share_heap();

/// Gives back to the system what is free between what is in use.
void give_free_memory_back();

/// Soon after the start, which needs more than what follows, and then every minute, until
/// cancelled: the C library gives back by itself what is free at the end of the heap alone.
task<void> keep_heap_small(base::clock& clock,
                           std::function<void()> give_back = give_free_memory_back);

}  // namespace helenus::app
