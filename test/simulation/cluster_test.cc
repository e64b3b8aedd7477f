#include "cluster/errc.h"
#include "management/errc.h"
#include "repair/errc.h"
#include "world.h"

namespace helenus::test {
namespace {

TEST(cluster_simulation, registering_stores_name_partitioner_and_live_nodes) {
  world here;
  here.boot();
  const auto known = here.run(here.storage().clusters().all());
  ASSERT_TRUE(known.has_value());
  ASSERT_EQ(known->size(), 1u);
  EXPECT_EQ(known->front().seed_hosts.size(), 3u);
  EXPECT_EQ(known->front().kind, model::partitioner::murmur3);
}

TEST(cluster_simulation, a_seed_of_another_cluster_is_refused) {
  world here;
  here.boot();
  cluster::registration what;
  what.seed = here.cassandra().node(0).address();
  what.expected_name = "another";
  const auto added = here.run(here.clusters().add(what));
  ASSERT_FALSE(added.has_value());
  EXPECT_EQ(added.error().code, cluster::errc::wrong_cluster);
}

TEST(cluster_simulation, an_unreachable_seed_says_so) {
  world here;
  here.boot();
  here.cassandra().node(0).kill();
  cluster::registration what;
  what.seed = here.cassandra().node(0).address();
  const auto added = here.run(here.clusters().add(what));
  ASSERT_FALSE(added.has_value());
  EXPECT_EQ(added.error().code, management::errc::node_unreachable);
}

TEST(cluster_simulation, a_cluster_with_runs_is_not_removed) {
  world here;
  here.boot();
  here.start();
  const auto removed = here.run(here.clusters().remove(here.cassandra().registration().name));
  ASSERT_FALSE(removed.has_value());
  EXPECT_EQ(removed.error().code, cluster::errc::in_use);
}

TEST(creation_simulation, what_can_not_be_repaired_is_refused_by_name) {
  world here;
  here.boot();
  const auto refused = [&](auto change) {
    auto request = here.request();
    change(request);
    const auto made = here.run(here.engine().create(request));
    return made ? std::string("accepted") : made.error().code.message();
  };
  using repair::run_request;
  const auto text = [](repair::errc code) { return make_error_code(code).message(); };
  EXPECT_EQ(refused([](run_request& r) { r.keyspace = "nowhere"; }),
            text(repair::errc::unknown_keyspace));
  EXPECT_EQ(refused([](run_request& r) { r.tables = {"nothing"}; }),
            text(repair::errc::unknown_table));
  EXPECT_EQ(refused([](run_request& r) { r.intensity = 0; }), text(repair::errc::invalid_request));
  EXPECT_EQ(refused([](run_request& r) { r.intensity = -1e300; }),
            text(repair::errc::invalid_request));
  EXPECT_EQ(refused([](run_request& r) { r.segments_per_node = 1001; }),
            text(repair::errc::invalid_request));
  EXPECT_EQ(refused([](run_request& r) { r.excluded_tables = {"customers", "orders", "visits"}; }),
            text(repair::errc::nothing_to_repair));
  EXPECT_EQ(refused([](run_request& r) { r.incremental = true; }), text(repair::errc::unsupported));
  EXPECT_EQ(refused([](run_request& r) { r.cluster_name = "nobody"; }),
            make_error_code(cluster::errc::unknown_cluster).message());
}

}  // namespace
}  // namespace helenus::test
