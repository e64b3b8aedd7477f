#include "repair/errc.h"
#include "repair/purge_loop.h"
#include "storage/errc.h"
#include "world.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

namespace helenus::test {
namespace {

using model::run_state;

/// A world whose ended runs are purged as in the daemon.
class purge_simulation : public ::testing::Test {
 protected:
  purge_simulation() : here(three_nodes(), {.purge_after_days = 1, .runs_to_keep_per_unit = 2}) {
    here.boot();
    request = here.request();
    request.segments_per_node = 1;
    boost::asio::co_spawn(
        here.context(), repair::purge_loop(here.clock(), here.engine()),
        boost::asio::bind_cancellation_slot(stop.slot(), [this](auto&&...) { purges = false; }));
  }
  ~purge_simulation() override {
    stop.emit(boost::asio::cancellation_type::terminal);
    here.clock().run_until(here.context(), here.clock().now() + 1min, [this] { return !purges; });
  }
  static fake_cluster_options three_nodes() {
    fake_cluster_options options;
    options.layout.datacenters = {{"dc1", 3, 1}};
    options.layout.tokens_per_node = 4;
    return options;
  }
  model::run_id repaired() {
    const auto id = here.start(request);
    EXPECT_EQ(here.run_to_end(id, 24h), run_state::done);
    return id;
  }
  std::size_t stored() { return here.run(here.engine().list({}))->size(); }

  world here;
  repair::run_request request;
  boost::asio::cancellation_signal stop;
  bool purges = true;
};

TEST_F(purge_simulation, ended_runs_go_by_themselves_and_others_stay) {
  repaired();
  repaired();
  const auto newest = repaired();
  const auto planned = here.run(here.engine().create(request))->run.id;
  EXPECT_EQ(stored(), 4U);
  here.pass(1h);
  EXPECT_EQ(stored(), 3U) << "two of the unit are kept";
  here.pass(25h);
  EXPECT_EQ(stored(), 1U) << "those that ended more than a day ago are not";
  EXPECT_EQ(here.report(planned).run.state, run_state::not_started);
  EXPECT_EQ(here.run(here.engine().find(newest)).error().code, repair::errc::unknown_run);
}

TEST_F(purge_simulation, storage_that_fails_is_tried_again_at_the_next_hour) {
  repaired();
  repaired();
  repaired();
  here.storage().inject_faults([](std::string_view call) -> std::optional<error> {
    if (call != "runs.remove") return std::nullopt;
    return error{storage::errc::full, "no room on the disk"};
  });
  here.pass(1h);
  EXPECT_EQ(stored(), 3U);
  here.storage().inject_faults({});
  here.pass(1h);
  EXPECT_EQ(stored(), 2U);
}

}  // namespace
}  // namespace helenus::test
