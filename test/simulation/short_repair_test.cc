#include "world.h"

namespace helenus::test {
namespace {

// Tables that are in step: all has been said before Helenus knows the command's number.
TEST(short_repair_simulation, a_command_that_ends_before_its_number_is_known_costs_no_waiting) {
  fake_cluster_options options;
  options.layout.datacenters = {{"dc1", 3, 1}};
  options.layout.tokens_per_node = 4;
  options.repair_time = takes(0s);
  options.start_delay = 0s;
  world here(options);
  here.boot();
  const auto id = here.start();
  EXPECT_EQ(here.run_to_end(id, 1h), model::run_state::done);
  EXPECT_EQ(here.wrong(), "");
  const auto run = here.report(id).run;
  EXPECT_LT(*run.end_time - *run.start_time, 10s);
}

}  // namespace
}  // namespace helenus::test
