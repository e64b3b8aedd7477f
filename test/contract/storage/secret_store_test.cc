#include "storage/secret_store.h"

#include "base/task_group.h"
#include "contract/storage/fixture.h"

#include <sys/stat.h>

namespace helenus::storage::test {
namespace {

class secret_store_contract : public storage_contract {
 protected:
  result<base::secret> keep(std::string name, std::string_view candidate) {
    return wait(storage_->secrets().find_or_keep(std::move(name), base::secret(candidate)));
  }
};
HELENUS_STORAGE_CONTRACT(secret_store_contract);

TEST_P(secret_store_contract, the_first_candidate_is_kept_and_everybody_gets_it) {
  EXPECT_EQ(keep("key", "first")->reveal(), "first");
  EXPECT_EQ(keep("key", "second")->reveal(), "first");
}

TEST_P(secret_store_contract, secrets_of_other_names_are_others) {
  EXPECT_EQ(keep("key", "first")->reveal(), "first");
  EXPECT_EQ(keep("other", "second")->reveal(), "second");
}

TEST_P(secret_store_contract, of_candidates_at_the_same_time_one_is_everybodys) {
  std::vector<std::string> got;
  const auto ask = [](secret_store& secrets, std::string candidate,
                      std::vector<std::string>& all) -> task<void> {
    CO_TRY(kept, co_await secrets.find_or_keep("key", base::secret(candidate)));
    all.emplace_back(kept.reveal());
    co_return result<void>{};
  };
  base::task_group group(context_.get_executor());
  for (int index = 0; index < 10; ++index) {
    group.spawn("ask", ask(storage_->secrets(), std::to_string(index), got));
  }
  ASSERT_TRUE(wait(group.join()));
  ASSERT_EQ(got.size(), 10U);
  EXPECT_EQ(std::count(got.begin(), got.end(), got.front()), 10);
}

TEST_P(secret_store_contract, an_empty_name_or_secret_is_refused) {
  EXPECT_EQ(keep("", "first").error().code, errc::invalid_row);
  EXPECT_EQ(keep("key", "").error().code, errc::invalid_row);
  EXPECT_EQ(keep("key", "second")->reveal(), "second");
}

TEST_P(secret_store_contract, a_durable_storage_still_has_it_after_it_was_closed) {
  if (!storage_->traits().durable) return;
  EXPECT_EQ(keep("key", "first")->reveal(), "first");
  ASSERT_TRUE(wait(storage_->close()));
  storage_ = *wait(GetParam().open(folder_.path()));
  EXPECT_EQ(keep("key", "second")->reveal(), "first");
}

TEST_P(secret_store_contract, others_of_the_machine_cannot_read_its_files) {
  EXPECT_EQ(keep("key", "first")->reveal(), "first");
  for (const auto& file : std::filesystem::directory_iterator(folder_.path())) {
    struct stat found{};
    ASSERT_EQ(::stat(file.path().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & S_IRWXO, 0U) << file.path();
  }
}

}  // namespace
}  // namespace helenus::storage::test
