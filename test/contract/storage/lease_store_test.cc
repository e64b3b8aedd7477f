#include "storage/lease_store.h"

#include "base/task_group.h"
#include "contract/storage/fixture.h"

namespace helenus::storage::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class lease_store_contract : public storage_contract {
 protected:
  /// What another process has opened.
  lease_store& elsewhere() {
    if (!storage_->traits().durable) return *storage_->leases();
    if (!other_) other_ = *wait(GetParam().open(folder_.path()));
    return *other_->leases();
  }
  ~lease_store_contract() override {
    if (other_) EXPECT_TRUE(wait(other_->close()));
  }

  node_lease lease(model::segment_id segment, std::vector<model::node_address> nodes) {
    return {run_, segment, std::move(nodes)};
  }
  lease_answer take(const instance& who, node_lease what, std::vector<handed_node> handed = {},
                    std::vector<handed_node> freed = {}) {
    auto& store = who.id == me_.id ? *storage_->leases() : elsewhere();
    const auto answer = wait(store.take(who, std::move(what), std::move(handed), std::move(freed)));
    EXPECT_TRUE(answer) << answer.error().message();
    return answer ? *answer : lease_answer{};
  }
  bool renew(const instance& who, node_lease what) {
    return *wait(storage_->leases()->renew(who, std::move(what)));
  }
  void release(const instance& who, node_lease what) {
    EXPECT_TRUE(wait(storage_->leases()->release(who, std::move(what))));
  }

  static std::vector<std::string> text(const std::vector<held_node>& nodes) {
    std::vector<std::string> all;
    for (const auto& each : nodes) {
      all.push_back(each.node + " for " + each.segment.value().to_string() + " by " +
                    each.holder.to_string());
    }
    return all;
  }
  static std::vector<std::string> in_the_way(const lease_answer& refused) {
    return text(refused.in_the_way);
  }
  std::string text(const std::string& node, model::segment_id segment, const instance& who) {
    return text({{node, segment, who.id}}).front();
  }
  std::vector<std::string> held(model::run_id run) {
    return text(*wait(storage_->leases()->held(run)));
  }
  std::vector<std::string> held() { return held(run_); }

  instance me_{rows_.id(), "10.0.0.1"};
  instance them_{rows_.id(), "10.0.0.2"};
  model::run_id run_{rows_.id()};
  model::segment_id first_{rows_.id()};
  model::segment_id second_{rows_.id()};

 private:
  std::unique_ptr<backend> other_;
};
HELENUS_SHARED_STORAGE_CONTRACT(lease_store_contract);

TEST_P(lease_store_contract, all_nodes_are_taken_or_none) {
  EXPECT_THAT(held(), IsEmpty());
  EXPECT_TRUE(take(me_, lease(first_, {"a", "b"})).taken);
  const auto refused = take(them_, lease(second_, {"c", "b"}));
  EXPECT_FALSE(refused.taken);
  EXPECT_THAT(in_the_way(refused), ElementsAre(text("b", first_, me_)));
  EXPECT_THAT(held(), UnorderedElementsAre(text("a", first_, me_), text("b", first_, me_)));
  EXPECT_TRUE(take(them_, lease(second_, {"c"})).taken);
  EXPECT_EQ(held().size(), 3U);
}

TEST_P(lease_store_contract, what_is_held_is_not_taken_by_its_holder_either) {
  EXPECT_TRUE(take(me_, lease(first_, {"a"})).taken);
  EXPECT_FALSE(take(me_, lease(second_, {"a", "b"})).taken);
  EXPECT_FALSE(take(me_, lease(first_, {"a"})).taken);
}

TEST_P(lease_store_contract, runs_do_not_exclude_each_other) {
  EXPECT_TRUE(take(me_, lease(first_, {"a"})).taken);
  const model::run_id other(rows_.id());
  EXPECT_TRUE(take(them_, {other, second_, {"a"}}).taken);
  EXPECT_THAT(held(), ElementsAre(text("a", first_, me_)));
  EXPECT_THAT(held(other), ElementsAre(text("a", second_, them_)));
}

TEST_P(lease_store_contract, released_nodes_are_free) {
  EXPECT_TRUE(take(me_, lease(first_, {"a", "b"})).taken);
  release(me_, lease(first_, {"a", "b"}));
  EXPECT_THAT(held(), IsEmpty());
  EXPECT_TRUE(take(them_, lease(second_, {"b", "c"})).taken);
  release(them_, lease(second_, {"b", "c"}));
  EXPECT_TRUE(take(me_, lease(first_, {"a", "b"})).taken);
}

TEST_P(lease_store_contract, only_what_is_held_for_the_segment_is_released) {
  EXPECT_TRUE(take(me_, lease(first_, {"a", "b"})).taken);
  EXPECT_TRUE(take(them_, lease(second_, {"c"})).taken);
  release(them_, lease(first_, {"a", "b"}));
  release(me_, lease(second_, {"a", "b"}));
  EXPECT_EQ(held().size(), 3U);
  release(me_, lease(first_, {"b", "c", "d"}));
  EXPECT_THAT(held(), UnorderedElementsAre(text("a", first_, me_), text("c", second_, them_)));
  release(me_, lease(first_, {"b", "c", "d"}));
  EXPECT_EQ(held().size(), 2U);
}

TEST_P(lease_store_contract, a_node_is_handed_over_within_a_run) {
  EXPECT_TRUE(take(me_, lease(first_, {"a", "b"})).taken);
  EXPECT_TRUE(take(me_, lease(second_, {"b", "c"}), {{"b", first_}}).taken);
  EXPECT_THAT(held(), UnorderedElementsAre(text("a", first_, me_), text("b", second_, me_),
                                           text("c", second_, me_)));
  release(me_, lease(first_, {"a", "b"}));
  EXPECT_THAT(held(), UnorderedElementsAre(text("b", second_, me_), text("c", second_, me_)));
}

TEST_P(lease_store_contract, what_is_needed_no_more_is_freed_in_the_same_step) {
  EXPECT_TRUE(take(me_, lease(first_, {"a", "b", "c"})).taken);
  EXPECT_TRUE(
      take(me_, lease(second_, {"a", "d"}), {{"a", first_}}, {{"b", first_}, {"c", first_}}).taken);
  EXPECT_THAT(held(), UnorderedElementsAre(text("a", second_, me_), text("d", second_, me_)));
  EXPECT_TRUE(take(them_, lease(first_, {"b"})).taken);
}

TEST_P(lease_store_contract, a_refusal_frees_nothing) {
  EXPECT_TRUE(take(me_, lease(first_, {"a", "b"})).taken);
  EXPECT_TRUE(take(them_, lease(second_, {"c"})).taken);
  const model::segment_id third(rows_.id());
  EXPECT_FALSE(take(me_, lease(third, {"a", "c"}), {{"a", first_}}, {{"b", first_}}).taken);
  EXPECT_FALSE(take(me_, lease(third, {"a"}), {{"a", first_}}, {{"c", first_}}).taken);
  EXPECT_FALSE(take(me_, lease(third, {"d"}), {}, {{"b", second_}}).taken);
  EXPECT_THAT(held(), UnorderedElementsAre(text("a", first_, me_), text("b", first_, me_),
                                           text("c", second_, them_)));
}

TEST_P(lease_store_contract, what_is_not_held_as_said_is_not_handed_over) {
  EXPECT_TRUE(take(me_, lease(first_, {"a"})).taken);
  EXPECT_FALSE(take(me_, lease(second_, {"a", "b"}), {{"b", first_}}).taken);
  EXPECT_FALSE(take(me_, lease(second_, {"b"}), {{"b", first_}}).taken);
  const auto refused = take(them_, lease(second_, {"a", "b"}), {{"a", first_}});
  EXPECT_FALSE(refused.taken);
  EXPECT_THAT(in_the_way(refused), ElementsAre(text("a", first_, me_)));
  EXPECT_FALSE(take(me_, lease(second_, {"a"}), {{"a", model::segment_id(rows_.id())}}).taken);
  EXPECT_THAT(held(), ElementsAre(text("a", first_, me_)));
}

TEST_P(lease_store_contract, only_what_is_held_entirely_is_renewed) {
  EXPECT_FALSE(renew(me_, lease(first_, {"a"})));
  EXPECT_TRUE(take(me_, lease(first_, {"a", "b"})).taken);
  EXPECT_TRUE(renew(me_, lease(first_, {"a", "b"})));
  EXPECT_TRUE(renew(me_, lease(first_, {"b"})));
  EXPECT_FALSE(renew(me_, lease(first_, {"b", "c"})));
  EXPECT_FALSE(renew(me_, lease(second_, {"a"})));
  EXPECT_FALSE(renew(them_, lease(first_, {"a"})));
  EXPECT_THAT(held(), UnorderedElementsAre(text("a", first_, me_), text("b", first_, me_)));
}

TEST_P(lease_store_contract, a_lease_that_is_not_renewed_ends) {
  auto* time = GetParam().time;
  if (!time) return;  // interchange_test.cc looks at what ends it in a real Cassandra
  EXPECT_TRUE(take(me_, lease(first_, {"a", "b"})).taken);
  time->advance(lease_store::lifetime - std::chrono::seconds(1));
  EXPECT_TRUE(renew(me_, lease(first_, {"b"})));
  EXPECT_FALSE(take(them_, lease(second_, {"a"})).taken);
  time->advance(std::chrono::seconds(2));
  EXPECT_THAT(held(), ElementsAre(text("b", first_, me_)));
  EXPECT_FALSE(renew(me_, lease(first_, {"a", "b"})));
  EXPECT_TRUE(take(them_, lease(second_, {"a"})).taken);
  release(me_, lease(first_, {"a", "b"}));
  EXPECT_THAT(held(), ElementsAre(text("a", second_, them_)));
}

TEST_P(lease_store_contract, a_lease_of_no_node_or_of_one_twice_is_refused) {
  auto& leases = *storage_->leases();
  const auto is_refused = [this, &leases](node_lease wrong) {
    return wait(leases.take(me_, wrong, {}, {})).error().code == errc::invalid_row &&
           wait(leases.renew(me_, wrong)).error().code == errc::invalid_row &&
           wait(leases.release(me_, wrong)).error().code == errc::invalid_row;
  };
  EXPECT_TRUE(is_refused(lease(first_, {})));
  EXPECT_TRUE(is_refused(lease(first_, {"a", "b", "a"})));
  EXPECT_TRUE(is_refused(lease(first_, {"a", ""})));
  EXPECT_TRUE(is_refused(lease(first_, {"a", whole_run})));
  EXPECT_TRUE(is_refused(lease({}, {"a"})));
  EXPECT_TRUE(is_refused({{}, first_, {"a"}}));
  EXPECT_EQ(wait(leases.take({}, lease(first_, {"a"}), {}, {})).error().code, errc::invalid_row);
  EXPECT_EQ(wait(leases.take(me_, lease(first_, {"a"}), {{"b", second_}}, {})).error().code,
            errc::invalid_row);
  EXPECT_EQ(wait(leases.take(me_, lease(first_, {"a"}), {}, {{"a", second_}})).error().code,
            errc::invalid_row);
  EXPECT_THAT(held(), IsEmpty());
}

TEST_P(lease_store_contract, a_whole_run_has_one_holder_whoever_has_its_nodes) {
  EXPECT_TRUE(take(them_, lease(second_, {"a"})).taken);
  EXPECT_TRUE(take(me_, lease(first_, {whole_run})).taken);
  const auto refused = take(them_, lease(second_, {whole_run}));
  EXPECT_FALSE(refused.taken);
  ASSERT_EQ(refused.in_the_way.size(), 1U);
  EXPECT_EQ(refused.in_the_way[0].node, whole_run);
  EXPECT_EQ(refused.in_the_way[0].holder, me_.id);
  EXPECT_FALSE(take(me_, lease(second_, {whole_run})).taken);
  EXPECT_EQ(wait(storage_->leases()->held(run_))->size(), 2U);

  EXPECT_TRUE(renew(me_, lease(first_, {whole_run})));
  EXPECT_FALSE(renew(them_, lease(second_, {whole_run})));
  release(them_, lease(second_, {whole_run}));
  EXPECT_TRUE(renew(me_, lease(first_, {whole_run})));
  release(me_, lease(first_, {whole_run}));
  EXPECT_FALSE(renew(me_, lease(first_, {whole_run})));
  EXPECT_TRUE(take(them_, lease(second_, {whole_run})).taken);
}

TEST_P(lease_store_contract, a_whole_run_is_handed_over_to_the_next_segment) {
  EXPECT_FALSE(take(me_, lease(second_, {whole_run}), {{whole_run, first_}}).taken);
  EXPECT_TRUE(take(me_, lease(first_, {whole_run})).taken);
  EXPECT_TRUE(take(me_, lease(second_, {whole_run}), {{whole_run, first_}}).taken);
  EXPECT_TRUE(renew(me_, lease(second_, {whole_run})));
  EXPECT_FALSE(take(them_, lease(first_, {whole_run})).taken);
}

TEST_P(lease_store_contract, of_many_at_the_same_time_one_gets_the_node) {
  int taken = 0;
  const auto contend = [](lease_store& leases, instance who, node_lease what,
                          int& count) -> task<void> {
    CO_TRY(answer, co_await leases.take(std::move(who), std::move(what), {}, {}));
    if (answer.taken) ++count;
    co_return result<void>{};
  };
  auto& other = elsewhere();
  base::task_group group(context_.get_executor());
  for (int index = 0; index < 10; ++index) {
    const bool mine = index % 2 == 0;
    const model::segment_id segment(rows_.id());
    group.spawn("contend",
                contend(mine ? *storage_->leases() : other, mine ? me_ : them_,
                        lease(segment, {"shared", "own " + std::to_string(index)}), taken));
  }
  ASSERT_TRUE(wait(group.join()));
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(held().size(), 2U);
}

}  // namespace
}  // namespace helenus::storage::test
