#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace helenus::base {

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "helenus: assertion failed: %s at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace helenus::base
