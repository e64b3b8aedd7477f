#include "support/recorded_session.h"

#include "real_server.h"

namespace helenus::jmx {
namespace {

/// What record.py writes down for the unit tests.
class recorded_session_test : public real_server_test {};

TEST_F(recorded_session_test, takes_its_steps_on_a_real_cassandra_node) {
  if (!variable("HELENUS_TEST_JMX_IS_CASSANDRA")) GTEST_SKIP() << "not a Cassandra node";
  const auto outcome =
      run(test::recorded_session(clock, options(), network_opener(clock, options())));
  EXPECT_TRUE(outcome) << outcome.error().message();
}

}  // namespace
}  // namespace helenus::jmx
