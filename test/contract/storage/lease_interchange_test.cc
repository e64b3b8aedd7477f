// Leases and signs of life of Cassandra Reaper, met by ours, and ours as it meets them.
#include "contract/storage/cassandra.h"
#include "contract/storage/fixture.h"

namespace helenus::storage::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* run_text = "10000000-0000-11f0-8000-000000000001";
constexpr const char* segment_text = "10000000-0000-11f0-8000-000000000003";
constexpr const char* reaper_text = "10000000-0000-11f0-8000-00000000000a";

base::uuid id_of(const char* text) { return *base::uuid::parse(text); }

class lease_interchange : public storage_contract {
 protected:
  cql::rows beside(std::string statement) {
    auto answer = wait(run_beside(statement));
    EXPECT_TRUE(answer) << statement << ": " << (answer ? "" : answer.error().message());
    return answer ? std::move(*answer) : cql::rows();
  }

  /// One conditional batch on the partition of the run, as Reaper sends it. Whether it was applied.
  bool reaper_writes(const std::vector<std::string>& nodes, bool takes, bool holds) {
    const std::string reaper(reaper_text);
    const auto set = takes
                         ? "SET reaper_instance_host = '10.0.0.9', reaper_instance_id = " + reaper +
                               ", segment_id = " + segment_text
                         : std::string(
                               "SET reaper_instance_host = null, reaper_instance_id = "
                               "null, segment_id = null");
    std::string batch = "BEGIN BATCH ";
    for (const auto& node : nodes) {
      batch += "UPDATE %running_repairs USING TTL 90 " + set + " WHERE repair_id = " + run_text +
               " AND node = '" + node + "' IF reaper_instance_id = " + (holds ? reaper : "null") +
               "; ";
    }
    return beside(batch + "APPLY BATCH").applied();
  }
  bool reaper_takes(const std::vector<std::string>& nodes) {
    return reaper_writes(nodes, true, false);
  }
  bool reaper_renews(const std::vector<std::string>& nodes) {
    return reaper_writes(nodes, true, true);
  }
  bool reaper_releases(const std::vector<std::string>& nodes) {
    return reaper_writes(nodes, false, true);
  }

  /// Takes the lead of the run as Reaper does. Whether it was free.
  bool reaper_leads() {
    return beside(std::string("INSERT INTO %leader (leader_id, reaper_instance_id, "
                              "reaper_instance_host, last_heartbeat) VALUES (") +
                  run_text + ", " + reaper_text +
                  ", '10.0.0.9', toTimestamp(now())) IF NOT EXISTS USING TTL 90")
        .applied();
  }

  lease_store& leases() { return *storage_->leases(); }
  bool take(std::vector<model::node_address> nodes) {
    return wait(leases().take(me_, {run_, mine_, std::move(nodes)}, {}, {}))->taken;
  }
  std::vector<std::string> held() {
    std::vector<std::string> nodes;
    for (const auto& each : *wait(leases().held(run_))) nodes.push_back(each.node);
    return nodes;
  }
  std::uint64_t statements() { return storage_->counters().statements; }

  instance me_{rows_.id(), "10.0.0.1"};
  model::run_id run_{id_of(run_text)};
  model::segment_id mine_{rows_.id()};
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(lease_interchange);
INSTANTIATE_TEST_SUITE_P(with_reaper, lease_interchange,
                         ::testing::ValuesIn(has_cassandra() ? std::vector{implementations().back()}
                                                             : std::vector<implementation>{}),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(lease_interchange, what_reaper_holds_is_not_taken_until_it_is_released) {
  ASSERT_TRUE(reaper_takes({"10.0.0.2", "10.0.0.3"}));
  const auto refused = *wait(leases().take(me_, {run_, mine_, {"10.0.0.1", "10.0.0.2"}}, {}, {}));
  EXPECT_FALSE(refused.taken);
  ASSERT_EQ(refused.in_the_way.size(), 1U);
  EXPECT_EQ(refused.in_the_way[0].node, "10.0.0.2");
  EXPECT_EQ(refused.in_the_way[0].holder, id_of(reaper_text));
  EXPECT_EQ(refused.in_the_way[0].segment.value(), id_of(segment_text));
  EXPECT_FALSE(*wait(leases().renew(me_, {run_, mine_, {"10.0.0.2"}})));
  EXPECT_TRUE(wait(leases().release(me_, {run_, mine_, {"10.0.0.2"}})));
  EXPECT_THAT(held(), ElementsAre("10.0.0.2", "10.0.0.3"));

  ASSERT_TRUE(reaper_releases({"10.0.0.2", "10.0.0.3"}));
  EXPECT_THAT(held(), IsEmpty());
  EXPECT_TRUE(take({"10.0.0.1", "10.0.0.2"}));
}

TEST_P(lease_interchange, what_we_hold_reaper_does_not_take_until_it_is_released) {
  ASSERT_TRUE(take({"10.0.0.1", "10.0.0.2"}));
  EXPECT_FALSE(reaper_takes({"10.0.0.2", "10.0.0.3"}));
  EXPECT_FALSE(reaper_renews({"10.0.0.2"}));
  EXPECT_FALSE(reaper_releases({"10.0.0.2"}));
  EXPECT_THAT(held(), ElementsAre("10.0.0.1", "10.0.0.2"));

  ASSERT_TRUE(wait(leases().release(me_, {run_, mine_, {"10.0.0.1", "10.0.0.2"}})));
  EXPECT_THAT(
      beside(std::string("SELECT node FROM %running_repairs WHERE repair_id = ") + run_text).size(),
      0U);
  EXPECT_TRUE(reaper_takes({"10.0.0.2", "10.0.0.3"}));
}

TEST_P(lease_interchange, our_rows_are_those_of_reaper_and_end_by_themselves) {
  const auto check_row = [this](model::segment_id segment) {
    const auto stored = beside(
        std::string("SELECT node, reaper_instance_host, reaper_instance_id, segment_id, "
                    "TTL(reaper_instance_host) AS host, TTL(reaper_instance_id) AS instance, "
                    "TTL(segment_id) AS segment FROM %running_repairs WHERE repair_id = ") +
        run_text);
    ASSERT_EQ(stored.size(), 1U);
    EXPECT_EQ(*stored[0].get<std::string>("node"), "10.0.0.1");
    EXPECT_EQ(*stored[0].get<std::string>("reaper_instance_host"), "10.0.0.1");
    EXPECT_EQ(*stored[0].get<base::uuid>("reaper_instance_id"), me_.id);
    EXPECT_EQ(*stored[0].get<base::uuid>("segment_id"), segment.value());
    for (const auto* column : {"host", "instance", "segment"}) {
      const auto left = *stored[0].get<std::int32_t>(column);
      EXPECT_LE(left, 90) << column;
      EXPECT_GT(left, 60) << column;
    }
  };
  ASSERT_TRUE(take({"10.0.0.1"}));
  check_row(mine_);
  ASSERT_TRUE(*wait(leases().renew(me_, {run_, mine_, {"10.0.0.1"}})));
  check_row(mine_);
  const model::segment_id next(rows_.id());
  ASSERT_TRUE(
      wait(leases().take(me_, {run_, next, {"10.0.0.1"}}, {{"10.0.0.1", mine_}}, {}))->taken);
  check_row(next);
}

TEST_P(lease_interchange, a_run_that_reaper_leads_is_not_taken_until_it_is_released) {
  ASSERT_TRUE(reaper_leads());
  EXPECT_FALSE(take({whole_run}));
  EXPECT_FALSE(*wait(leases().renew(me_, {run_, mine_, {whole_run}})));
  EXPECT_TRUE(wait(leases().release(me_, {run_, mine_, {whole_run}})));
  const auto all = *wait(leases().held(run_));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].node, whole_run);
  EXPECT_EQ(all[0].holder, id_of(reaper_text));
  EXPECT_TRUE(all[0].segment.value().is_nil());

  ASSERT_TRUE(beside(std::string("DELETE FROM %leader WHERE leader_id = ") + run_text +
                     " IF reaper_instance_id = " + reaper_text)
                  .applied());
  EXPECT_TRUE(take({whole_run}));
}

TEST_P(lease_interchange, a_run_that_we_lead_has_the_row_of_reaper_and_is_not_taken_by_it) {
  const auto check_row = [this] {
    EXPECT_FALSE(reaper_leads());
    const auto stored = beside(
        std::string("SELECT reaper_instance_host, reaper_instance_id, last_heartbeat, "
                    "TTL(reaper_instance_id) AS seconds_left FROM %leader WHERE leader_id = ") +
        run_text);
    ASSERT_EQ(stored.size(), 1U);
    EXPECT_EQ(*stored[0].get<std::string>("reaper_instance_host"), "10.0.0.1");
    EXPECT_EQ(*stored[0].get<base::uuid>("reaper_instance_id"), me_.id);
    EXPECT_TRUE(stored[0].has("last_heartbeat"));
    const auto left = *stored[0].get<std::int32_t>("seconds_left");
    EXPECT_LE(left, 90);
    EXPECT_GT(left, 60);
  };
  ASSERT_TRUE(take({whole_run}));
  check_row();
  ASSERT_TRUE(*wait(leases().renew(me_, {run_, mine_, {whole_run}})));
  check_row();
  ASSERT_TRUE(wait(leases().release(me_, {run_, mine_, {whole_run}})));
  EXPECT_THAT(held(), IsEmpty());
  EXPECT_TRUE(reaper_leads());
}

TEST_P(lease_interchange, rows_with_holes_keep_nothing_from_being_read) {
  const auto insert = [this](const std::string& columns, const std::string& row) {
    beside("INSERT INTO %running_repairs (repair_id, node" + columns + ") VALUES (" + run_text +
           ", " + row + ")");
  };
  insert("", "'bare'");
  insert(", segment_id", std::string("'of nobody', ") + segment_text);
  insert(", reaper_instance_id", std::string("'of no segment', ") + reaper_text);
  ASSERT_TRUE(reaper_takes({"whole"}));
  EXPECT_THAT(held(), ElementsAre("of no segment", "whole"));
  EXPECT_FALSE(take({"of no segment"}));
  EXPECT_TRUE(take({"bare", "of nobody"}));
}

TEST_P(lease_interchange, a_lease_costs_a_statement_each_time) {
  const auto before = statements();
  ASSERT_TRUE(take({"10.0.0.1", "10.0.0.2", "10.0.0.3"}));
  EXPECT_EQ(statements() - before, 1U);
  ASSERT_TRUE(*wait(leases().renew(me_, {run_, mine_, {"10.0.0.1", "10.0.0.2", "10.0.0.3"}})));
  EXPECT_EQ(statements() - before, 2U);
  ASSERT_TRUE(wait(leases().release(me_, {run_, mine_, {"10.0.0.1", "10.0.0.2", "10.0.0.3"}})));
  EXPECT_EQ(statements() - before, 3U);
}

TEST_P(lease_interchange, a_refusal_costs_a_statement_and_names_what_is_in_the_way) {
  ASSERT_TRUE(reaper_takes({"10.0.0.2", "10.0.0.3"}));
  const auto before = statements();
  const auto refused =
      *wait(leases().take(me_, {run_, mine_, {"10.0.0.1", "10.0.0.2", "10.0.0.3"}}, {}, {}));
  EXPECT_EQ(statements() - before, 1U);
  EXPECT_FALSE(refused.taken);
  EXPECT_EQ(refused.in_the_way.size(), 2U);
}

TEST_P(lease_interchange, a_segment_after_another_costs_a_statement_whatever_nodes_they_share) {
  ASSERT_TRUE(take({"10.0.0.1", "10.0.0.2", "10.0.0.3"}));
  const auto before = statements();
  const model::segment_id next(rows_.id());
  EXPECT_TRUE(wait(leases().take(me_, {run_, next, {"10.0.0.1", "10.0.0.4", "10.0.0.5"}},
                                 {{"10.0.0.1", mine_}}, {{"10.0.0.2", mine_}, {"10.0.0.3", mine_}}))
                  ->taken);
  EXPECT_EQ(statements() - before, 1U);
  EXPECT_TRUE(reaper_takes({"10.0.0.2", "10.0.0.3"}));
  EXPECT_FALSE(reaper_takes({"10.0.0.1"}));
}

TEST_P(lease_interchange, signs_of_life_are_those_of_reaper) {
  ASSERT_TRUE(wait(storage_->instances()->beat(me_)));
  const auto ours = beside(
      "SELECT reaper_instance_id, reaper_instance_host, last_heartbeat, TTL(last_heartbeat) AS "
      "seconds_left FROM %running_reapers");
  ASSERT_EQ(ours.size(), 1U);
  EXPECT_EQ(*ours[0].get<base::uuid>("reaper_instance_id"), me_.id);
  EXPECT_EQ(*ours[0].get<std::string>("reaper_instance_host"), "10.0.0.1");
  EXPECT_TRUE(ours[0].has("last_heartbeat"));
  const auto left = *ours[0].get<std::int32_t>("seconds_left");
  EXPECT_LE(left, 180);
  EXPECT_GT(left, 120);

  const auto insert = [this](const std::string& last_digit, const std::string& more) {
    beside(
        "INSERT INTO %running_reapers (reaper_instance_id, last_heartbeat, "
        "reaper_instance_host) VALUES (10000000-0000-11f0-8000-00000000000" +
        last_digit + ", " + more);
  };
  insert("1", "toTimestamp(now()), '10.0.0.9')");
  insert("2", "toTimestamp(now()), null)");
  insert("3", "'2020-01-01 00:00:00+0000', '10.0.0.9') USING TTL 0");  // of an old Reaper
  insert("4", "null, '10.0.0.9') USING TTL 0");
  std::vector<std::string> alive;
  for (const auto& each : *wait(storage_->instances()->alive())) {
    alive.push_back(each.id.to_string() + ' ' + each.host);
  }
  EXPECT_THAT(alive,
              ::testing::UnorderedElementsAre(me_.id.to_string() + " 10.0.0.1",
                                              "10000000-0000-11f0-8000-000000000001 10.0.0.9",
                                              "10000000-0000-11f0-8000-000000000002 "));
  const auto is_alive = [this](const std::string& id) {
    return wait(storage_->instances()->life_left(id_of(id.c_str())))->has_value();
  };
  EXPECT_TRUE(is_alive("10000000-0000-11f0-8000-000000000001"));
  EXPECT_FALSE(is_alive("10000000-0000-11f0-8000-000000000003"));
}

}  // namespace
}  // namespace helenus::storage::test
