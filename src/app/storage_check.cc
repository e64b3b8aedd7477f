#include "app/storage_check.h"

namespace helenus::app {

namespace {

constexpr std::chrono::seconds answer_age{5};
constexpr std::chrono::seconds longest_answer{2};

}  // namespace

task<void> storage_check::ask() {
  if (!answer_ || clock_.now() - answered_ >= answer_age) {
    answer_ = co_await base::with_timeout(clock_, question_(), longest_answer, "storage");
    answered_ = clock_.now();
  }
  co_return *answer_;
}

}  // namespace helenus::app
