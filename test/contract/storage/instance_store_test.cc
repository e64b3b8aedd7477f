#include "storage/instance_store.h"

#include "contract/storage/fixture.h"

namespace helenus::storage::test {
namespace {

class instance_store_contract : public storage_contract {
 protected:
  std::vector<std::string> alive() {
    std::vector<std::string> found;
    for (const auto& each : *wait(storage_->instances()->alive())) {
      found.push_back(each.id.to_string() + " on " + each.host);
    }
    return found;
  }
  bool is_alive(const instance& who) {
    return wait(storage_->instances()->life_left(who.id))->has_value();
  }
  static std::string text(const instance& who) { return who.id.to_string() + " on " + who.host; }

  instance first_{rows_.id(), "10.0.0.1"};
  instance second_{rows_.id(), "10.0.0.2"};
};
HELENUS_SHARED_STORAGE_CONTRACT(instance_store_contract);

TEST_P(instance_store_contract, an_instance_lives_from_its_first_beat_until_it_leaves) {
  EXPECT_THAT(alive(), ::testing::IsEmpty());
  ASSERT_TRUE(wait(storage_->instances()->beat(first_)));
  ASSERT_TRUE(wait(storage_->instances()->beat(second_)));
  ASSERT_TRUE(wait(storage_->instances()->beat(first_)));
  EXPECT_THAT(alive(), ::testing::UnorderedElementsAre(text(first_), text(second_)));
  const auto left = *wait(storage_->instances()->life_left(first_.id));
  EXPECT_LE(left, instance_store::lifetime);
  EXPECT_GE(left, instance_store::lifetime - std::chrono::seconds(60));  // a busy machine is slow
  ASSERT_TRUE(wait(storage_->instances()->leave(first_.id)));
  EXPECT_THAT(alive(), ::testing::ElementsAre(text(second_)));
  EXPECT_FALSE(is_alive(first_));
  EXPECT_TRUE(is_alive(second_));
  EXPECT_TRUE(wait(storage_->instances()->leave(first_.id)));
}

TEST_P(instance_store_contract, without_beats_it_dies) {
  if (!GetParam().time) return;  // interchange_test.cc looks at what ends it in a real Cassandra
  ASSERT_TRUE(wait(storage_->instances()->beat(first_)));
  GetParam().time->advance(instance_store::lifetime - std::chrono::seconds(1));
  ASSERT_TRUE(wait(storage_->instances()->beat(second_)));
  EXPECT_THAT(alive(), ::testing::SizeIs(2));
  EXPECT_EQ(*wait(storage_->instances()->life_left(first_.id)), std::chrono::seconds(1));
  GetParam().time->advance(std::chrono::seconds(2));
  EXPECT_THAT(alive(), ::testing::ElementsAre(text(second_)));
  EXPECT_FALSE(is_alive(first_));
  ASSERT_TRUE(wait(storage_->instances()->beat(first_)));
  EXPECT_THAT(alive(), ::testing::SizeIs(2));
}

TEST_P(instance_store_contract, one_without_an_id_is_refused) {
  EXPECT_EQ(wait(storage_->instances()->beat({{}, "10.0.0.1"})).error().code, errc::invalid_row);
  EXPECT_THAT(alive(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace helenus::storage::test
