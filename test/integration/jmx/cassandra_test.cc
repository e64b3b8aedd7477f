#include "jmx/notification_stream.h"
#include "real_server.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <utility>
#include <vector>

namespace helenus::jmx {
namespace {

using namespace std::chrono_literals;

const object_name storage_service =
    object_name::literal("org.apache.cassandra.db:type=StorageService");

/// Against a real Cassandra node, of any version.
class cassandra_test : public real_server_test {
 protected:
  void SetUp() override {
    real_server_test::SetUp();
    if (!IsSkipped() && !variable("HELENUS_TEST_JMX_IS_CASSANDRA")) {
      GTEST_SKIP() << "HELENUS_TEST_JMX_IS_CASSANDRA is not set";
    }
  }
};

TEST_F(cassandra_test, tells_its_name_its_version_and_its_ring) {
  const auto node = connect();
  ASSERT_TRUE(node);
  const auto attributes = run(node->get_attributes(
      storage_service, {"ClusterName", "ReleaseVersion", "LiveNodes", "NoSuchAttribute"}));
  ASSERT_TRUE(attributes) << attributes.error().message();
  std::map<std::string, value> found(attributes->begin(), attributes->end());
  EXPECT_FALSE(found["ClusterName"].as_string()->empty());
  EXPECT_FALSE(found["ReleaseVersion"].as_string()->empty());
  EXPECT_FALSE(found["LiveNodes"].as_strings()->empty());
  EXPECT_FALSE(found.contains("NoSuchAttribute"));

  const auto ring = run(node->get_attribute(storage_service, "TokenToEndpointMap"));
  ASSERT_TRUE(ring) << ring.error().message();
  EXPECT_GE(ring->as_string_map()->size(), 16u);

  const auto ranges = run(node->invoke(storage_service, "getRangeToEndpointMap",
                                       {{"java.lang.String", "system_traces"}}));
  ASSERT_TRUE(ranges) << ranges.error().message();
  EXPECT_GE(ranges->entries()->size(), 16u);
  run(node->close());
  EXPECT_FALSE(node->is_open());
}

TEST_F(cassandra_test, repairs_a_keyspace_and_says_so_in_notifications) {
  const auto node = connect();
  ASSERT_TRUE(node);
  auto stream = run(node->listen({storage_service}));
  ASSERT_TRUE(stream) << stream.error().message();
  const auto started = run(
      node->invoke(storage_service, "repairAsync",
                   {{"java.lang.String", "system_traces"},
                    {"java.util.Map",
                     argument::map_of({{"incremental", "false"}, {"parallelism", "parallel"}})}}));
  ASSERT_TRUE(started) << started.error().message();
  const auto command = *started->as_int();
  ASSERT_GT(command, 0);

  constexpr int complete = 5;  // org.apache.cassandra.utils.progress.ProgressEventType
  const auto source = "repair:" + std::to_string(command);
  bool completed = false;
  std::vector<std::string> said;
  while (!completed) {
    auto item = run(base::with_timeout(clock, (*stream)->next(), 2min, "the repair"));
    ASSERT_TRUE(item) << item.error().message();
    const auto* event = std::get_if<notification>(&*item);
    if (!event || event->source != source) continue;
    said.push_back(event->message);
    const auto data = event->user_data.entries();
    ASSERT_TRUE(data) << data.error().message();
    for (const auto& [key, number] : *data) {
      if (*key.as_string() == "type") completed = *number.as_int() == complete;
    }
  }
  EXPECT_GE(said.size(), 2u);
  EXPECT_GT((*stream)->next_sequence(), 0);
  run((*stream)->close());
  run(node->close());
}

/// Prints what a connection and a call cost; fails only when something is badly wrong.
TEST_F(cassandra_test, connects_and_answers_quickly) {
  constexpr int calls_made = 300;
  const auto begin = clock.now();
  const auto node = connect();
  const auto connected = clock.now();
  ASSERT_TRUE(node);
  std::vector<base::clock::duration> took;
  for (int i = 0; i < calls_made; ++i) {
    const auto start = clock.now();
    ASSERT_TRUE(run(node->get_attribute(storage_service, "ClusterName")));
    took.push_back(clock.now() - start);
  }
  std::ranges::sort(took);
  std::cout << "connect and login " << base::to_text(connected - begin) << ", getAttribute median "
            << took[calls_made / 2].count() / 1000 << " us, p99 "
            << took[calls_made * 99 / 100].count() / 1000 << " us\n";
  EXPECT_LT(took[calls_made / 2], 100ms);
  run(node->close());
}

}  // namespace
}  // namespace helenus::jmx
