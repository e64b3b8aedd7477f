#include "storage/cassandra/requests.h"

#include "base/clock.h"
#include "support/cql_rows.h"
#include "support/run.h"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

namespace helenus::storage::cassandra {
namespace {

using cql::consistency;
using cql::serial_consistency;

/// Notes how requests are to be carried out.
class noting_session : public cql::session {
 public:
  task<cql::rows> execute(cql::statement what) override {
    asked.push_back(what.how);
    co_return test::cql_rows({test::cql_column<std::string>("name")}, {{"prod"}},
                             asked.size() < pages ? "more" : "");
  }
  task<cql::rows> execute_batch(cql::batch what) override {
    asked.push_back(what.how);
    co_return test::cql_rows({test::cql_column<bool>("[applied]")}, {{is_met}});
  }
  task<void> prepare(std::string) override { co_return result<void>{}; }
  task<void> change_schema(std::string) override { co_return result<void>{}; }
  task<base::uuid> agree_on_schema() override { co_return base::uuid(); }
  task<std::vector<cql::node>> nodes() override { co_return std::vector<cql::node>{}; }
  task<void> renew(std::optional<cql::credentials>,
                   std::shared_ptr<const net::tls_context>) override {
    co_return result<void>{};
  }
  task<void> close() override { co_return result<void>{}; }

  std::vector<cql::request_options> asked;
  std::size_t pages = 1;
  bool is_met = true;
};

class requests_test : public ::testing::Test {
 protected:
  template <class Value>
  result<Value> wait(task<Value> work) {
    return test::run(context, clock, std::move(work));
  }
  static cql::batch a_batch() {
    cql::batch made;
    made.statements.push_back({"UPDATE t SET c = 1 WHERE k = 1", {}});
    return made;
  }
  void expect_read(bool serial) {
    int rows = 0;
    ASSERT_TRUE(wait(tested.read(
        "SELECT name FROM t", {},
        [&](const cql::row&) -> result<void> {
          ++rows;
          return {};
        },
        serial)));
    EXPECT_EQ(rows, static_cast<int>(session.pages));
  }

  boost::asio::io_context context;
  base::virtual_clock clock;
  noting_session session;
  requests tested{session, "state"};
};

TEST_F(requests_test, every_page_is_read_of_more_than_half_of_all_replicas) {
  session.pages = 3;
  expect_read(false);
  ASSERT_EQ(session.asked.size(), 3U);
  for (const auto& how : session.asked) {
    EXPECT_EQ(how.consistency, consistency::quorum);
    EXPECT_FALSE(how.serial_read);
    EXPECT_TRUE(how.idempotent);
  }
  EXPECT_EQ(tested.statements(), 3U);
}

TEST_F(requests_test, what_conditions_have_decided_is_read_in_all_data_centers) {
  expect_read(true);
  ASSERT_EQ(session.asked.size(), 1U);
  EXPECT_TRUE(session.asked[0].serial_read);
  EXPECT_EQ(session.asked[0].serial_consistency, serial_consistency::serial);
}

TEST_F(requests_test, writes_reach_more_than_half_of_all_replicas_and_may_be_repeated) {
  ASSERT_TRUE(wait(tested.write("DELETE FROM t WHERE k = 1", {})));
  ASSERT_TRUE(wait(tested.write(a_batch())));
  ASSERT_EQ(session.asked.size(), 2U);
  for (const auto& how : session.asked) {
    EXPECT_EQ(how.consistency, consistency::quorum);
    EXPECT_TRUE(how.idempotent);
    EXPECT_FALSE(how.lightweight);
  }
}

TEST_F(requests_test, conditions_are_decided_in_all_data_centers_and_never_repeated) {
  for (const bool met : {true, false}) {
    session.is_met = met;
    EXPECT_EQ(*wait(tested.decide(a_batch())), met);
    EXPECT_EQ(wait(tested.decide_or_tell(a_batch()))->applied(), met);
  }
  ASSERT_EQ(session.asked.size(), 4U);
  for (const auto& how : session.asked) {
    EXPECT_EQ(how.consistency, consistency::quorum);
    EXPECT_EQ(how.serial_consistency, serial_consistency::serial);
    EXPECT_TRUE(how.lightweight);
    EXPECT_FALSE(how.idempotent);
  }
}

}  // namespace
}  // namespace helenus::storage::cassandra
