// Works on a storage file until it is killed, and says on standard output what it is about to do
// and what was acknowledged: kill_test.cc kills it and compares. One line per fact:
//   create RUN COUNT, created RUN | segment RUN SEGMENT VERSION STATE | run RUN VERSION STATE
//   split RUN SEGMENT PART PART, parted SEGMENT | remove RUN, removed RUN
#include "base/assert.h"
#include "base/task_group.h"
#include "contract/storage/rows.h"
#include "storage/sqlite/backend.h"
#include "support/run.h"

#include <boost/asio/io_context.hpp>

#include <unistd.h>

#include <cstdlib>
#include <random>
#include <string>

namespace helenus::storage::test {
namespace {

void say(std::string line) {
  line += '\n';
  // Shorter than PIPE_BUF: a line is written whole or not at all.
  HELENUS_ASSERT(::write(STDOUT_FILENO, line.data(), line.size()) == ssize_t(line.size()));
}

template <class Id>
std::string text(const Id& id) {
  return id.value().to_string();
}

class writer {
 public:
  writer(boost::asio::io_context& context, backend& storage, std::uint64_t seed)
      : context_(context), storage_(storage), rows_(seed), random_(seed) {}

  task<void> work_forever() {
    CO_TRY_VOID(co_await storage_.clusters().save(rows_.cluster()));
    unit_ = rows_.unit();
    base::task_group group(context_.get_executor());
    for (int worker = 0; worker < 3; ++worker) group.spawn("worker", repair_forever());
    co_return co_await group.join();
  }

 private:
  task<void> repair_forever() {
    while (true) CO_TRY_VOID(co_await repair());
  }

  /// The life of one run.
  task<void> repair() {
    const int count = 1 + static_cast<int>(random_() % 30);
    auto run = rows_.run(unit_, count);
    say("create " + text(run.id) + " " + std::to_string(count));
    CO_TRY_VOID(co_await storage_.runs().create(unit_, run, rows_.segments(run.id, count)));
    say("created " + text(run.id));
    run.stored = 1;
    run.state = model::run_state::running;
    run.start_time = at(1);
    CO_TRY_VOID(co_await replace(run));
    CO_TRY(segments, co_await storage_.segments().of_run(run.id));
    base::task_group group(context_.get_executor());
    for (auto& segment : segments) group.spawn("segment", repair_segment(std::move(segment)));
    CO_TRY_VOID(co_await group.join());
    run.state = model::run_state::done;
    run.end_time = at(2);
    CO_TRY_VOID(co_await replace(run));
    if (random_() % 2 == 0) co_return result<void>{};
    say("remove " + text(run.id));
    CO_TRY_VOID(co_await storage_.runs().remove(run.id, run.stored));
    say("removed " + text(run.id));
    co_return result<void>{};
  }

  task<void> replace(model::repair_run& run) {
    CO_TRY(version, co_await storage_.runs().replace(run));
    run.stored = version;
    say("run " + text(run.id) + " " + std::to_string(version) + " " +
        std::string(model::to_string(run.state)));
    co_return result<void>{};
  }

  task<void> repair_segment(model::repair_segment segment) {
    if (random_() % 5 == 0) co_return co_await split(std::move(segment));
    CO_TRY_VOID(co_await advance(segment, started(segment)));
    CO_TRY_VOID(co_await advance(segment, running(segment)));
    co_return co_await advance(segment, done(segment));
  }

  task<void> advance(model::repair_segment& segment, model::repair_segment next) {
    next.last_error = std::string(random_() % 2000, 'x');
    CO_TRY(version, co_await storage_.segments().replace(next));
    segment = std::move(next);
    segment.stored = version;
    say("segment " + text(segment.run) + " " + text(segment.id) + " " + std::to_string(version) +
        " " + std::string(model::to_string(segment.state)));
    co_return result<void>{};
  }

  task<void> split(model::repair_segment segment) {
    const auto start = static_cast<long>(segment.ranges[0].start.value());
    std::vector<model::repair_segment> parts{rows_.segment(segment.run, start, start + 10),
                                             rows_.segment(segment.run, start + 10, start + 100)};
    say("split " + text(segment.run) + " " + text(segment.id) + " " + text(parts[0].id) + " " +
        text(parts[1].id));
    CO_TRY_VOID(co_await storage_.segments().split(segment, parts));
    say("parted " + text(segment.id));
    co_return result<void>{};
  }

  boost::asio::io_context& context_;
  backend& storage_;
  row_maker rows_;
  model::repair_unit unit_;
  std::mt19937_64 random_;
};

int work(const char* file, std::uint64_t seed) {
  say("open");
  boost::asio::io_context context;
  auto storage = helenus::test::run_blocking(context, sqlite::open({.file = file}));
  if (!storage) {
    say("failed " + storage.error().message());
    return 1;
  }
  writer writes(context, **storage, seed);
  const auto ended = helenus::test::run_blocking(context, writes.work_forever());
  say("failed " + ended.error().message());
  return 1;
}

}  // namespace
}  // namespace helenus::storage::test

int main(int count, char** arguments) {
  HELENUS_ASSERT(count == 3);
  return helenus::storage::test::work(arguments[1], std::strtoull(arguments[2], nullptr, 10));
}
