#include "world.h"

namespace helenus::test {
namespace {

TEST(run_simulation, a_run_repairs_every_range_exactly_once_and_says_done) {
  world here;
  here.boot();
  const auto id = here.start();
  EXPECT_EQ(here.run_to_end(id, 24h), model::run_state::done);
  EXPECT_EQ(here.wrong(), "");
  const auto shown = here.report(id);
  EXPECT_EQ(shown.counts.done, shown.counts.total);
  EXPECT_GT(shown.counts.total, 0);
  EXPECT_EQ(shown.run.last_event, "All done");
}

}  // namespace
}  // namespace helenus::test
