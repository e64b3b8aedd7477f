#include "world.h"

#include <set>

namespace helenus::test {
namespace {

// Tables that are in step: all has been said before Helenus knows the command's number.
fake_cluster_options in_step() {
  fake_cluster_options options;
  options.layout.datacenters = {{"dc1", 3, 1}};
  options.layout.tokens_per_node = 4;
  options.repair_time = takes(0s);
  options.start_delay = 0s;
  return options;
}

TEST(short_repair_simulation, a_command_that_ends_before_its_number_is_known_costs_no_waiting) {
  world here(in_step());
  here.boot();
  const auto id = here.start();
  EXPECT_EQ(here.run_to_end(id, 1h), model::run_state::done);
  EXPECT_EQ(here.wrong(), "");
  const auto run = here.report(id).run;
  EXPECT_LT(*run.end_time - *run.start_time, 10s);
}

TEST(short_repair_simulation, a_segment_that_is_done_was_told_to_have_started_once) {
  world here(in_step());
  here.boot();
  const auto stream = here.engine().subscribe(std::nullopt);
  const auto id = here.start();
  EXPECT_EQ(here.run_to_end(id, 1h), model::run_state::done);
  std::set<model::segment_id> started;
  while (true) {
    const auto event = here.run(stream->next());
    ASSERT_TRUE(event.has_value());
    using kind = repair::progress::kind;
    if (event->what == kind::segment_started) {
      EXPECT_TRUE(started.insert(*event->segment).second);
      EXPECT_FALSE(event->text.empty());
    }
    if (event->what == kind::segment_done) EXPECT_TRUE(started.contains(*event->segment));
    if (event->what == kind::run_changed && event->state == model::run_state::done) break;
  }
  EXPECT_EQ(static_cast<int>(started.size()), here.report(id).counts.total);
}

}  // namespace
}  // namespace helenus::test
