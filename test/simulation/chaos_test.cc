// A run in a storm: whatever the blows, it ends DONE with every range of every table repaired.

#include "support/chaos.h"

#include "simulation/world.h"
#include "support/captured_log.h"

#include <boost/asio/co_spawn.hpp>

namespace helenus::test {
namespace {

class chaos_simulation : public ::testing::TestWithParam<std::uint64_t> {};

std::string lines(const std::vector<std::string>& history) {
  std::string text;
  for (const auto& line : history) text += "\n  " + line;
  return text;
}

void weather(chaos_options options) {
  fake_cluster_options layout;
  layout.layout.datacenters = {{"dc1", 6, 3}};
  layout.layout.tokens_per_node = 4;
  layout.seed = options.seed;
  layout.repair_time = takes_between(5s, 60s);
  const captured_log quiet;
  world here(layout);
  here.boot();
  const auto id = here.start();
  std::vector<std::string> history;
  bool over = false;
  boost::asio::co_spawn(here.context(), strike(here.cassandra(), options, history),
                        [&over](std::exception_ptr, result<void>) { over = true; });
  const auto state = here.run_to_end(id, 14 * 24h);
  const auto shown = here.report(id);
  EXPECT_EQ(state, model::run_state::done)
      << shown.counts.done << " of " << shown.counts.total << " done; "
      << (shown.waiting ? shown.waiting->detail : "no reason") << lines(history);
  EXPECT_EQ(here.cassandra().repaired().never_repaired("shop", here.tables()), "")
      << lines(history);
  here.clock().run_until(here.context(), here.clock().now() + 24h, [&over] { return over; });
}

TEST_P(chaos_simulation, a_run_ends_and_has_repaired_everything) {
  chaos_options options;
  options.seed = GetParam();
  weather(options);
}

TEST_P(chaos_simulation, members_may_change_while_it_runs) {
  chaos_options options;
  options.seed = GetParam();
  options.blows = 8;
  options.between = 3min;
  options.topology = true;
  weather(options);
}

INSTANTIATE_TEST_SUITE_P(seeds, chaos_simulation, ::testing::Range<std::uint64_t>(1, 4));

}  // namespace
}  // namespace helenus::test
