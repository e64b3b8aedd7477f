// What only a file can suffer: no space, no permission, damage, other owners.
#include "contract/storage/fixture.h"
#include "sqlite/connection.h"
#include "storage/sqlite/backend.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <functional>

namespace helenus::storage::test {
namespace {

using ::testing::HasSubstr;

/// Runs `body` in a process of its own, which reports its failed expectations itself: for what
/// changes the whole process, such as its user, its limits and its mounts.
void in_a_child(const std::function<void()>& body) {
  std::fflush(nullptr);
  const auto child = ::fork();
  if (child == 0) {
    body();
    std::fflush(nullptr);
    std::_Exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the child failed";
}

class storage_file : public ::testing::Test {
 protected:
  template <class Value>
  result<Value> wait(task<Value> work) {
    return helenus::test::run_blocking(context_, std::move(work));
  }
  result<std::unique_ptr<backend>> open() { return wait(sqlite::open({.file = file_})); }
  error error_of_opening() {
    auto opened = open();
    EXPECT_FALSE(opened.has_value());
    return opened ? error{} : opened.error();
  }
  /// A file with one run of 200 segments.
  void make_file() {
    const auto storage = *open();
    ASSERT_TRUE(wait(storage->clusters().save(rows_.cluster())));
    const auto unit = rows_.unit();
    run_ = rows_.run(unit, 200);
    ASSERT_TRUE(wait(storage->runs().create(unit, run_, rows_.segments(run_.id, 200))));
    ASSERT_TRUE(wait(storage->close()));
  }
  void damage(std::streamoff place, const std::string& bytes) {
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(place);
    file.write(bytes.data(), std::streamsize(bytes.size()));
  }

  /// Writes until the disk is full, checks that nothing acknowledged is lost, makes room, and
  /// checks that writing goes on.
  template <class MakeRoom>
  void fill_up(MakeRoom make_room) {
    auto storage = *open();
    ASSERT_TRUE(wait(storage->clusters().save(rows_.cluster())));
    const auto unit = rows_.unit();
    auto run = rows_.run(unit, 20);
    ASSERT_TRUE(wait(storage->runs().create(unit, run, rows_.segments(run.id, 20))));
    auto segment = wait(storage->segments().of_run(run.id))->front();

    std::vector<model::run_id> acknowledged{run.id};
    const auto create_another = [&]() {
      const auto next = rows_.run(unit, 100);
      auto created = wait(storage->runs().create(unit, next, rows_.segments(next.id, 100)));
      if (created) acknowledged.push_back(next.id);
      return created;
    };
    result<void> created;
    for (int tries = 0; created && tries < 10000; ++tries) created = create_another();
    ASSERT_FALSE(created.has_value());
    EXPECT_EQ(created.error().code, errc::full) << created.error().message();
    EXPECT_TRUE(base::is_transient(created.error()));
    EXPECT_THAT(created.error().message(), HasSubstr(file_.string()));
    for (int more = 0; more < 5; ++more) {
      const auto tried = create_another();  // what was undone may leave room for one
      if (!tried) EXPECT_EQ(tried.error().code, errc::full) << tried.error().message();
    }
    expect_runs(*storage, acknowledged);

    make_room();
    EXPECT_TRUE(create_another());
    const auto version = wait(storage->segments().replace(done(segment)));
    EXPECT_TRUE(version) << version.error().message();
    expect_runs(*storage, acknowledged);
    ASSERT_TRUE(wait(storage->close()));
    storage = *open();
    expect_runs(*storage, acknowledged);
    EXPECT_EQ(wait(storage->segments().find(run.id, segment.id))->stored, 2);
    ASSERT_TRUE(wait(storage->close()));
  }
  void expect_runs(backend& storage, const std::vector<model::run_id>& acknowledged) {
    const auto listed = *wait(storage.runs().list({.limit = 100000}));
    EXPECT_EQ(listed.size(), acknowledged.size());
    for (const auto& id : acknowledged) {
      const auto run = wait(storage.runs().find(id));
      ASSERT_TRUE(run.has_value());
      EXPECT_EQ(wait(storage.segments().of_run(id))->size(), std::size_t(run->segment_count));
    }
  }

  temporary_folder folder_;
  std::filesystem::path file_ = folder_.path() / "helenus.db";
  boost::asio::io_context context_;
  row_maker rows_;
  model::repair_run run_;
};

/// A mount namespace of this process alone; false where the system does not allow one.
bool own_mounts() {
  const int kind = ::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
  return ::unshare(kind) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

/// Whether a child could have mounts of its own.
bool may_mount() {
  const auto child = ::fork();
  if (child == 0) std::_Exit(own_mounts() ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Permissions do not bind root.
void become_nobody() {
  if (::geteuid() == 0) ASSERT_EQ(::setresuid(65534, 65534, 65534), 0);
}

TEST_F(storage_file, a_full_disk_loses_nothing_and_ends_when_there_is_room) {
  if (!may_mount()) GTEST_SKIP() << "no mount namespace here; the file size limit below is tested";
  const auto disk = folder_.path().string();
  in_a_child([&] {
    ASSERT_TRUE(own_mounts());
    ASSERT_EQ(::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m"), 0) << std::strerror(errno);
    fill_up([&] { ASSERT_EQ(::mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=64m"), 0); });
  });
}

TEST_F(storage_file, a_file_size_limit_loses_nothing_and_ends_when_it_is_raised) {
  in_a_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = 1 << 20;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    fill_up([&] {
      limit.rlim_cur = limit.rlim_max;
      ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    });
  });
}

TEST_F(storage_file, a_disk_that_is_full_already_is_named_when_opening) {
  if (!may_mount()) GTEST_SKIP() << "no mount namespace here";
  const auto disk = folder_.path().string();
  in_a_child([&] {
    ASSERT_TRUE(own_mounts());
    ASSERT_EQ(::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64k"), 0);
    std::ofstream(folder_.path() / "filler") << std::string(60 * 1024, 'x');
    EXPECT_EQ(error_of_opening().code, errc::full);
  });
}

TEST_F(storage_file, a_read_only_file_is_refused_when_opening) {
  make_file();
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  std::filesystem::permissions(file_, std::filesystem::perms(0444));
  in_a_child([&] {
    become_nobody();
    const auto failure = error_of_opening();
    EXPECT_EQ(failure.code, errc::read_only) << failure.message();
    EXPECT_THAT(failure.message(), HasSubstr(file_.string()));
  });
}

TEST_F(storage_file, a_read_only_folder_is_refused_when_opening) {
  make_file();
  std::filesystem::permissions(file_, std::filesystem::perms(0666));
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(0555));
  in_a_child([&] {
    become_nobody();
    const auto failure = error_of_opening();
    EXPECT_EQ(failure.code, errc::read_only) << failure.message();
    file_ = folder_.path() / "new.db";
    EXPECT_EQ(error_of_opening().code, errc::read_only);
  });
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(0700));
}

TEST_F(storage_file, a_read_only_file_system_is_refused_when_opening) {
  if (!may_mount()) GTEST_SKIP() << "no mount namespace here";
  make_file();
  const auto disk = folder_.path().string();
  in_a_child([&] {
    ASSERT_TRUE(own_mounts());
    ASSERT_EQ(::mount(disk.c_str(), disk.c_str(), nullptr, MS_BIND, nullptr), 0);
    ASSERT_EQ(::mount(nullptr, disk.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr),
              0);
    EXPECT_EQ(error_of_opening().code, errc::read_only);
  });
}

TEST_F(storage_file, a_folder_that_is_not_there_is_named) {
  file_ = folder_.path() / "absent" / "helenus.db";
  const auto failure = error_of_opening();
  EXPECT_EQ(failure.code, errc::unavailable);
  EXPECT_THAT(failure.message(), HasSubstr("absent"));
  file_ = folder_.path();
  EXPECT_EQ(error_of_opening().code, errc::unavailable);
}

TEST_F(storage_file, a_second_process_is_refused_with_the_name_of_the_file_and_the_pid) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const auto owner = ::fork();
  if (owner == 0) {
    const auto storage = open();
    const char answer = storage ? 'y' : 'n';
    if (::write(ready[1], &answer, 1) == 1) ::pause();
    std::_Exit(0);
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  ASSERT_EQ(answer, 'y');
  const auto failure = error_of_opening();
  EXPECT_EQ(failure.code, errc::busy);
  EXPECT_TRUE(base::is_transient(failure));
  EXPECT_THAT(failure.message(), HasSubstr(file_.string()));
  EXPECT_THAT(failure.message(), HasSubstr("pid " + std::to_string(owner)));
  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
  EXPECT_TRUE(open());
}

TEST_F(storage_file, a_second_opening_by_this_process_is_refused_and_takes_nothing_away) {
  const auto storage = *open();
  EXPECT_EQ(error_of_opening().code, errc::busy);
  in_a_child([&] { EXPECT_EQ(error_of_opening().code, errc::busy); });
  EXPECT_TRUE(wait(storage->clusters().save(rows_.cluster())));
}

TEST_F(storage_file, a_file_that_is_no_database_is_corrupt) {
  std::ofstream(file_) << std::string(8192, 'x');
  const auto failure = error_of_opening();
  EXPECT_EQ(failure.code, errc::corrupt);
  EXPECT_THAT(failure.message(), HasSubstr("put back a backup"));
}

TEST_F(storage_file, damaged_pages_are_found_when_opening) {
  make_file();
  const auto size = std::filesystem::file_size(file_);
  for (std::uintmax_t page = 3 * 4096; page + 4096 < size; page += 8 * 4096) {
    damage(std::streamoff(page), std::string(512, '\xA5'));
  }
  const auto failure = error_of_opening();
  EXPECT_EQ(failure.code, errc::corrupt) << failure.message();
  EXPECT_THAT(failure.message(), HasSubstr(file_.string()));
}

TEST_F(storage_file, a_file_that_was_cut_short_is_corrupt) {
  make_file();
  std::filesystem::resize_file(file_, 5 * 4096 + 100);
  EXPECT_EQ(error_of_opening().code, errc::corrupt);
}

TEST_F(storage_file, a_row_that_was_changed_by_hand_is_corrupt_when_read) {
  make_file();
  {
    auto db = *helenus::sqlite::connection::open({.file = file_, .application_id = 0x48656C6E});
    ASSERT_TRUE(db->execute("UPDATE segment SET ranges = '1:2 3' WHERE key = 5"));
  }
  const auto storage = *open();
  const auto read = wait(storage->segments().of_run(run_.id));
  EXPECT_EQ(read.error().code, errc::corrupt);
  EXPECT_THAT(read.error().message(), HasSubstr("1:2 3"));
  EXPECT_TRUE(wait(storage->runs().find(run_.id)));
}

TEST_F(storage_file, a_newer_schema_is_refused_and_not_touched) {
  make_file();
  {
    auto db = *helenus::sqlite::connection::open({.file = file_, .application_id = 0x48656C6E});
    ASSERT_TRUE(db->execute("PRAGMA user_version = 999"));
  }
  const auto failure = error_of_opening();
  EXPECT_EQ(failure.code, errc::newer_schema);
  EXPECT_THAT(failure.message(), HasSubstr("999"));
}

TEST_F(storage_file, one_from_before_there_were_schedules_keeps_its_runs_and_takes_schedules) {
  make_file();
  {
    auto db = *helenus::sqlite::connection::open({.file = file_, .application_id = 0x48656C6E});
    ASSERT_TRUE(db->execute("DROP TABLE schedule"));
    ASSERT_TRUE(db->execute("ALTER TABLE segment DROP COLUMN node"));
    ASSERT_TRUE(db->execute("ALTER TABLE segment DROP COLUMN node_address"));
    ASSERT_TRUE(db->execute("PRAGMA user_version = 3"));
  }
  const auto storage = *open();
  EXPECT_EQ(wait(storage->segments().of_run(run_.id))->size(), 200U);
  const auto unit = *wait(storage->runs().find_unit(run_.unit));
  EXPECT_TRUE(wait(storage->schedules().create(unit, rows_.schedule(unit))));
  EXPECT_EQ(wait(storage->schedules().list({}))->size(), 1U);
}

TEST_F(storage_file, the_database_of_another_program_is_refused_and_not_touched) {
  {
    auto db = *helenus::sqlite::connection::open({.file = file_});
    ASSERT_TRUE(db->execute("CREATE TABLE theirs (a)"));
  }
  EXPECT_EQ(error_of_opening().code, errc::foreign);
  auto db = *helenus::sqlite::connection::open({.file = file_});
  EXPECT_TRUE(db->query("SELECT * FROM theirs"));
}

}  // namespace
}  // namespace helenus::storage::test
