// What a killed instance has left behind of runs that it was making or removing.
#include "contract/storage/cassandra.h"
#include "contract/storage/fixture.h"

namespace helenus::storage::test {
namespace {

class unfinished_run : public storage_contract {
 protected:
  cql::rows beside(std::string statement) {
    auto answer = wait(run_beside(statement));
    EXPECT_TRUE(answer) << statement << ": " << (answer ? "" : answer.error().message());
    return answer ? std::move(*answer) : cql::rows();
  }
  std::size_t count(const std::string& table, const std::string& key, model::run_id run) {
    return beside("SELECT * FROM %" + table + " WHERE " + key + " = " + run.value().to_string())
        .size();
  }
  std::size_t rows_of(model::run_id run) {
    return count("repair_run", "id", run) + count("helenus_segment", "run_id", run) +
           count("helenus_unfinished_run", "run_id", run);
  }
  void note(model::run_id run, const std::string& when) {
    beside("INSERT INTO %helenus_unfinished_run (run_id, noted_at) VALUES (" +
           run.value().to_string() + ", " + when + ")");
  }
  void start_another() {
    const auto other = *wait(GetParam().open(folder_.path()));
    EXPECT_TRUE(wait(other->close()));
  }
  /// A segment of a run that has not become one.
  model::run_id begun_creation() {
    const model::run_id run(rows_.id());
    const auto key = run.value().to_string() + ", " + rows_.id().to_string();
    beside("INSERT INTO %repair_run (id, segment_id, segment_state) VALUES (" + key + ", 0)");
    beside("INSERT INTO %helenus_segment (run_id, segment_id, place) VALUES (" + key + ", 0)");
    return run;
  }
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(unfinished_run);
INSTANTIATE_TEST_SUITE_P(with_reaper, unfinished_run,
                         ::testing::ValuesIn(has_cassandra() ? std::vector{implementations().back()}
                                                             : std::vector<implementation>{}),
                         [](const auto& tested) { return tested.param.name; });

constexpr const char* long_ago = "'2026-01-01 00:00:00+0000'";

TEST_P(unfinished_run, is_removed_when_it_was_never_made) {
  const auto run = begun_creation();
  note(run, long_ago);
  start_another();
  EXPECT_EQ(rows_of(run), 0U);
}

TEST_P(unfinished_run, is_left_alone_while_somebody_may_be_making_it) {
  const auto run = begun_creation();
  note(run, "toTimestamp(now())");
  const auto unclear = begun_creation();
  note(unclear, "null");
  start_another();
  EXPECT_EQ(rows_of(run), 3U);
  EXPECT_EQ(rows_of(unclear), 3U);
}

TEST_P(unfinished_run, is_found_again_when_it_was_not_removed_entirely) {
  const auto run = stored_run(2);
  beside("DELETE FROM %repair_run_by_cluster_v2 WHERE cluster_name = '" + run.cluster_name + "'");
  beside("DELETE FROM %repair_run_by_unit WHERE repair_unit_id = " + run.unit.value().to_string());
  EXPECT_TRUE(wait(runs().list({}))->empty());
  note(run.id, long_ago);
  start_another();
  ASSERT_EQ(wait(runs().list({}))->size(), 1U);
  EXPECT_EQ(wait(runs().list({}))->front().id, run.id);
  EXPECT_EQ(wait(segments().of_run(run.id))->size(), 2U);
  EXPECT_EQ(count("helenus_unfinished_run", "run_id", run.id), 0U);
}

TEST_P(unfinished_run, is_no_run_that_was_made_or_removed_to_its_end) {
  const auto run = stored_run(2);
  EXPECT_EQ(count("helenus_unfinished_run", "run_id", run.id), 0U);
  ASSERT_TRUE(wait(runs().remove(run.id, run.stored)));
  EXPECT_EQ(rows_of(run.id), 0U);
}

}  // namespace
}  // namespace helenus::storage::test
