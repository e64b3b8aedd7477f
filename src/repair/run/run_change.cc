#include "repair/run/run_change.h"

#include "repair/errc.h"
#include "storage/errc.h"

namespace helenus::repair {

namespace {
/// Losing this often in a row means that something else is wrong.
constexpr int most_attempts = 20;
}  // namespace

task<model::repair_run> change_run(
    storage::run_store& runs, model::run_id id,
    std::function<result<model::repair_run>(model::repair_run)> change) {
  for (int attempt = 1;; ++attempt) {
    auto seen = co_await runs.find(id);
    if (!seen && seen.error().code == storage::errc::not_found) {
      co_return error{errc::unknown_run, "there is no run " + id.value().to_string()};
    }
    if (!seen) co_return seen.error();
    auto next = change(*seen);
    if (!next) co_return next.error();
    const auto version = co_await runs.replace(*next);
    if (version) {
      next->stored = *version;
      co_return next;
    }
    if (version.error().code != storage::errc::superseded || attempt >= most_attempts) {
      co_return version.error();
    }
  }
}

}  // namespace helenus::repair
