// What was acknowledged is there after kill -9 at any moment, and nothing is there by half.
// HELENUS_KILLS sets how often the writer is killed (default 200).
#include "base/assert.h"
#include "contract/storage/fixture.h"
#include "storage/sqlite/backend.h"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>

extern char** environ;

namespace helenus::storage::test {
namespace {

using namespace std::chrono_literals;

/// What the writers said about one run.
struct claims {
  int planned = 0;
  bool created = false;
  bool to_be_removed = false;
  bool removed = false;
  model::version version = 1;
  std::string state = "NOT_STARTED";
  std::map<std::string, std::pair<model::version, std::string>> segments;
  std::map<std::string, std::set<std::string>> splits;  ///< old id -> ids of its parts
};

class ledger {
 public:
  void note(const std::string& line) {
    std::istringstream words(line);
    std::string what;
    std::string run;
    words >> what >> run;
    if (what == "create") words >> runs_[run].planned;
    if (what == "created") runs_[run].created = true;
    if (what == "run") words >> runs_[run].version >> runs_[run].state;
    if (what == "remove") runs_[run].to_be_removed = true;
    if (what == "removed") runs_[run].removed = true;
    if (what == "parted") parted_.insert(run);
    if (what == "segment" || what == "split") {
      std::string segment;
      words >> segment;
      auto& of_run = runs_[run];
      if (what == "segment") {
        auto& [version, state] = of_run.segments[segment];
        words >> version >> state;
      } else {
        std::string first, second;
        words >> first >> second;
        of_run.splits[segment] = {first, second};
      }
    }
    EXPECT_NE(what, "failed") << line;
    ++facts_;
  }

  void compare(backend& storage, boost::asio::io_context& context) const {
    const auto listed =
        *helenus::test::run_blocking(context, storage.runs().list({.limit = 100000}));
    std::map<std::string, model::repair_run> stored;
    for (const auto& run : listed) stored.emplace(run.id.value().to_string(), run);
    for (const auto& [id, run] : stored) {
      ASSERT_TRUE(runs_.contains(id)) << "a run that nobody planned";
      const auto segments =
          *helenus::test::run_blocking(context, storage.segments().of_run(run.id));
      const auto counts = *helenus::test::run_blocking(context, storage.runs().counts(run.id));
      EXPECT_EQ(counts, counted(segments));
      EXPECT_EQ(counts.total, run.segment_count);
      compare(runs_.at(id), run, segments);
    }
    for (const auto& [id, claimed] : runs_) {
      if (claimed.created && !claimed.to_be_removed) EXPECT_TRUE(stored.contains(id)) << id;
      if (claimed.removed) EXPECT_FALSE(stored.contains(id)) << id;
    }
  }
  std::size_t facts() const { return facts_; }

 private:
  void compare(const claims& claimed, const model::repair_run& run,
               const std::vector<model::repair_segment>& segments) const {
    // One write of a row is under way at a time: it may have taken effect without an answer.
    EXPECT_GE(run.stored, claimed.version);
    EXPECT_LE(run.stored, claimed.version + 1);
    if (run.stored == claimed.version) EXPECT_EQ(model::to_string(run.state), claimed.state);
    std::map<std::string, const model::repair_segment*> stored;
    for (const auto& segment : segments) stored[segment.id.value().to_string()] = &segment;
    std::size_t expected = static_cast<std::size_t>(claimed.planned);
    for (const auto& [old, parts] : claimed.splits) {
      const bool split = !stored.contains(old);
      if (parted_.contains(old)) EXPECT_TRUE(split);
      for (const auto& part : parts) EXPECT_EQ(stored.contains(part), split);
      if (split) ++expected;
    }
    EXPECT_EQ(stored.size(), expected);
    for (const auto& [id, seen] : claimed.segments) {
      ASSERT_TRUE(stored.contains(id));
      EXPECT_GE(stored[id]->stored, seen.first);
      EXPECT_LE(stored[id]->stored, seen.first + 1);
      if (stored[id]->stored == seen.first) {
        EXPECT_EQ(model::to_string(stored[id]->state), seen.second);
      }
    }
  }

  std::map<std::string, claims> runs_;
  std::set<std::string> parted_;
  std::size_t facts_ = 0;
};

/// One writer, from its start to its violent end.
class victim {
 public:
  victim(const std::filesystem::path& file, std::uint64_t seed) {
    int ends[2];
    HELENUS_ASSERT(::pipe2(ends, O_CLOEXEC) == 0);
    output_ = ends[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::string program = HELENUS_STORAGE_WRITER;
    std::string file_text = file;
    std::string seed_text = std::to_string(seed);
    char* arguments[] = {program.data(), file_text.data(), seed_text.data(), nullptr};
    HELENUS_ASSERT(::posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments, environ) ==
                   0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
  }
  ~victim() { ::close(output_); }

  /// Kills it some time after it has said `lines` lines and notes everything it said.
  void kill_after(std::ptrdiff_t lines, std::chrono::microseconds delay, ledger& notes) {
    while (std::count(said_.begin(), said_.end(), '\n') < lines && !over_) read_some(10s);
    std::this_thread::sleep_for(delay);
    EXPECT_FALSE(over_) << "the writer ended by itself";
    ::kill(pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    while (!over_) read_some(10s);
    std::istringstream said(said_);
    for (std::string line; std::getline(said, line);) notes.note(line);
  }

 private:
  void read_some(std::chrono::microseconds wait) {
    pollfd waited{output_, POLLIN, 0};
    const timespec time{wait.count() / 1000000, wait.count() % 1000000 * 1000};
    if (wait.count() < 0 || ::ppoll(&waited, 1, &time, nullptr) <= 0) return;
    char buffer[65536];
    const auto size = ::read(output_, buffer, sizeof buffer);
    if (size <= 0) over_ = true;
    if (size > 0) said_.append(buffer, static_cast<std::size_t>(size));
  }

  pid_t pid_ = 0;
  int output_ = -1;
  bool over_ = false;
  std::string said_;
};

TEST(storage_after_kill, has_everything_that_was_acknowledged_and_nothing_by_half) {
  const char* wanted = std::getenv("HELENUS_KILLS");
  const int kills = wanted != nullptr ? std::atoi(wanted) : 200;
  constexpr int kills_of_one_file = 20;
  const auto seed = std::random_device{}();
  RecordProperty("seed", std::to_string(seed));
  std::mt19937_64 random(seed);
  std::size_t facts = 0;
  boost::asio::io_context context;
  for (int killed = 0; killed < kills; killed += kills_of_one_file) {
    const temporary_folder folder;
    const auto file = folder.path() / "helenus.db";
    ledger notes;
    for (int turn = 0; turn < kills_of_one_file; ++turn) {
      // Some die while they open the file (after their first word), most while they work.
      const bool opening = turn % 5 == 0;
      const auto lines = opening ? 1 : 2 + static_cast<std::ptrdiff_t>(random() % 60);
      const std::chrono::microseconds delay(random() % (opening ? 50000 : 3000));
      victim(file, random()).kill_after(lines, delay, notes);
      auto storage = helenus::test::run_blocking(context, sqlite::open({.file = file}));
      ASSERT_TRUE(storage) << storage.error().message();
      notes.compare(**storage, context);
      ASSERT_TRUE(helenus::test::run_blocking(context, (*storage)->close()));
      ASSERT_FALSE(HasFailure()) << "seed " << seed << ", kill " << killed + turn;
    }
    facts += notes.facts();
  }
  std::printf("killed %d times, %zu facts compared\n", kills, facts);
}

}  // namespace
}  // namespace helenus::storage::test
