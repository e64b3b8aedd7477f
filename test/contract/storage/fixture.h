#pragma once

#include "base/clock.h"
#include "contract/storage/rows.h"
#include "storage/backend.h"
#include "storage/errc.h"
#include "support/run.h"

#include <boost/asio/io_context.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

namespace helenus::storage::test {

/// A folder of its own for one test, removed with everything in it.
class temporary_folder {
 public:
  temporary_folder();
  ~temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// An implementation of the seam. To hold another one to the contract, add it in fixture.cc.
struct implementation {
  std::string name;
  std::function<task<std::unique_ptr<backend>>(std::filesystem::path folder)> open;
  base::virtual_clock* time = nullptr;  ///< by which leases end; null: real time
};
std::vector<implementation> implementations();
/// Of storage that several processes may share.
std::vector<implementation> shared_implementations();

/// A test of what every implementation promises; the storage is empty.
class storage_contract : public ::testing::TestWithParam<implementation> {
 protected:
  storage_contract() : storage_(*wait(GetParam().open(folder_.path()))) {}
  ~storage_contract() override {
    if (storage_) EXPECT_TRUE(wait(storage_->close()));
  }

  /// Runs a call to its end.
  template <class Value>
  result<Value> wait(task<Value> work) {
    return helenus::test::run_blocking(context_, std::move(work));
  }

  /// A stored run with `count` segments.
  model::repair_run stored_run(int count) {
    const auto unit = rows_.unit();
    return stored_run_of(unit, count);
  }
  model::repair_run stored_run_of(const model::repair_unit& unit, int count) {
    EXPECT_TRUE(wait(clusters().save(rows_.cluster(unit.cluster_name))));
    const auto run = rows_.run(unit, count);
    EXPECT_TRUE(wait(runs().create(unit, run, rows_.segments(run.id, count))));
    return *wait(runs().find(run.id));
  }

  /// A stored schedule of a new unit.
  model::repair_schedule stored_schedule(std::string cluster = "prod",
                                         std::string keyspace = "shop") {
    EXPECT_TRUE(wait(clusters().save(rows_.cluster(cluster))));
    const auto unit = rows_.unit(std::move(cluster), std::move(keyspace));
    const auto schedule = rows_.schedule(unit);
    EXPECT_TRUE(wait(schedules().create(unit, schedule)));
    return *wait(schedules().find(schedule.id));
  }

  cluster_store& clusters() { return storage_->clusters(); }
  run_store& runs() { return storage_->runs(); }
  segment_store& segments() { return storage_->segments(); }
  schedule_store& schedules() { return storage_->schedules(); }

  temporary_folder folder_;
  boost::asio::io_context context_;
  row_maker rows_;
  std::unique_ptr<backend> storage_;
};

/// The counts of a run, counted again from its segments.
segment_counts counted(const std::vector<model::repair_segment>& segments);

#define HELENUS_STORAGE_CONTRACT(suite)                                                      \
  INSTANTIATE_TEST_SUITE_P(every_backend, suite,                                             \
                           ::testing::ValuesIn(::helenus::storage::test::implementations()), \
                           [](const auto& tested) { return tested.param.name; })

/// The same for what only those promise that several processes may share.
#define HELENUS_SHARED_STORAGE_CONTRACT(suite)                                 \
  INSTANTIATE_TEST_SUITE_P(                                                    \
      every_shared, suite,                                                     \
      ::testing::ValuesIn(::helenus::storage::test::shared_implementations()), \
      [](const auto& tested) { return tested.param.name; })

}  // namespace helenus::storage::test
