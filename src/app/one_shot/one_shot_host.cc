#include "app/one_shot/one_shot_host.h"

#include "base/log.h"
#include "cluster/cluster_service.h"
#include "metrics/registry.h"
#include "repair/repair_service.h"

#include <utility>

namespace helenus::app {

using namespace std::chrono_literals;

namespace {

/// After Ctrl-C: running segments may end by themselves for so long, then they are cancelled.
constexpr auto interrupt_grace = 5s;

}  // namespace

one_shot_host::one_shot_host(boost::asio::any_io_executor executor, base::clock& clock,
                             storage::backend& storage, management::node_connector& connector,
                             one_shot_options options, one_shot_report& report, std::uint64_t seed)
    : executor_(std::move(executor)),
      clock_(clock),
      storage_(storage),
      connector_(connector),
      options_(std::move(options)),
      report_(report),
      seed_(seed) {}

task<int> one_shot_host::run() {
  cluster::cluster_service clusters(executor_, clock_, storage_, connector_, {});
  metrics::registry unread;
  const deployment::mode alone;
  repair::repair_service repairs(executor_, clock_, storage_, clusters, alone, {}, unread, seed_);
  one_shot_repair work(clock_, storage_, clusters, repairs, options_, report_);
  CO_TRY_VOID(co_await work.prepare());
  base::task_group engine(executor_);
  engine.spawn("repair engine", repairs.run());
  work_ = &work;
  co_return co_await base::finally(follow(work, repairs, engine), [this, &engine] {
    work_ = nullptr;
    engine.cancel();
    return engine.join();
  });
}

task<int> one_shot_host::follow(one_shot_repair& work, repair::repair_service& repairs,
                                base::task_group& engine) {
  auto outcome = co_await work.run();
  const bool interrupted = outcome && outcome->exit_code == exit_interrupted;
  static_cast<void>(co_await repairs.shutdown(interrupted ? interrupt_grace : 0s));
  auto stopped = co_await engine.join();
  if (interrupted) static_cast<void>(co_await work.count_again(*outcome));  // else: as known before
  if (!outcome) co_return outcome.error();
  report_.finished(*outcome);
  if (!stopped) {
    base::log_warn("app", "the engine failed", {{"error", stopped.error().message()}});
  }
  co_return outcome->exit_code;
}

bool one_shot_host::stop() {
  if (work_ == nullptr) return false;
  work_->stop();
  return true;
}

}  // namespace helenus::app
