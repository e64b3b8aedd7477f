#include "app/core_dumps.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace helenus::app {
namespace {

// How a child ends that may dump what the machine allows, prepares itself and is then killed.
int status_of_crash(void (*prepare)()) {
  const auto child = fork();
  if (child == 0) {
    rlimit limit{};
    getrlimit(RLIMIT_CORE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_CORE, &limit);
    prepare();
    std::abort();
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

TEST(core_dumps_test, a_crash_leaves_none) {
  const int status = status_of_crash(forbid_core_dumps);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_FALSE(WCOREDUMP(status));
}

TEST(core_dumps_test, the_limit_is_the_one_that_the_kernel_also_heeds_for_programs) {
  const int status = status_of_crash([] {
    forbid_core_dumps();
    rlimit limit{};
    getrlimit(RLIMIT_CORE, &limit);
    _exit(limit.rlim_cur <= 1 && limit.rlim_max == limit.rlim_cur ? 7 : 8);
  });
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

}  // namespace
}  // namespace helenus::app
