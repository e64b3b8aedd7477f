#pragma once

#include "base/clock.h"
#include "storage/backend.h"
#include "storage/errc.h"

#include <memory>

namespace helenus::test {

/// The way of one instance to the storage of all.
class storage_link final : public storage::backend {
 public:
  enum class state {
    open,
    cut,    ///< calls fail at once
    hangs,  ///< calls fail after their time limit; every other one takes effect all the same
  };

  /// Both outlive it.
  storage_link(base::clock& clock, storage::backend& inner);
  ~storage_link() override;

  void become(state now) { state_ = now; }
  /// How long each call takes from now on.
  void take(base::clock::duration time) { time_ = time; }

  storage::cluster_store& clusters() override { return *clusters_; }
  storage::run_store& runs() override { return *runs_; }
  storage::segment_store& segments() override { return *segments_; }
  storage::schedule_store& schedules() override { return inner_.schedules(); }
  storage::secret_store& secrets() override { return inner_.secrets(); }
  storage::lease_store* leases() override { return leases_.get(); }
  storage::instance_store* instances() override { return instances_.get(); }
  storage::backend_traits traits() const override { return inner_.traits(); }
  storage::backend_counters counters() const override { return inner_.counters(); }
  task<void> close() override { return inner_.close(); }

  /// A call as it goes at the moment.
  template <class Value>
  task<Value> pass(task<Value> call) {
    if (state_ != state::open) return fail(std::move(call));
    return time_ == base::clock::duration::zero() ? std::move(call) : travel(std::move(call));
  }

 private:
  template <class Value>
  task<Value> travel(task<Value> call) {
    co_await clock_.sleep_for(time_);
    co_return co_await std::move(call);
  }
  template <class Value>
  task<Value> fail(task<Value> call) {
    if (state_ == state::cut) co_return error{storage::errc::unavailable, "it can not be reached"};
    takes_effect_ = !takes_effect_;
    if (takes_effect_) static_cast<void>(co_await std::move(call));
    co_await clock_.sleep_for(call_limit);
    co_return error{storage::errc::unavailable, "it did not answer"};
  }
  /// As that of storage in Cassandra.
  static constexpr std::chrono::seconds call_limit{10};

  base::clock& clock_;
  storage::backend& inner_;
  state state_ = state::open;
  base::clock::duration time_{};
  bool takes_effect_ = false;
  std::unique_ptr<storage::cluster_store> clusters_;
  std::unique_ptr<storage::run_store> runs_;
  std::unique_ptr<storage::segment_store> segments_;
  std::unique_ptr<storage::lease_store> leases_;
  std::unique_ptr<storage::instance_store> instances_;
};

}  // namespace helenus::test
