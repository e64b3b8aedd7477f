#include "app/core_dumps.h"

#include <sys/resource.h>

#include <algorithm>

namespace helenus::app {

void forbid_core_dumps() {
  rlimit limit{};
  getrlimit(RLIMIT_CORE, &limit);
  // A limit of 0 stops files only; 1 is too small for a file and is the one value at which the
  // kernel does not start a program either (do_coredump() in fs/coredump.c of Linux).
  limit.rlim_max = std::min<rlim_t>(limit.rlim_max, 1);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_CORE, &limit);
}

}  // namespace helenus::app
