#include "repair/progress_hub.h"

namespace helenus::repair {

namespace {
/// What a listener may fall behind: a few minutes of a busy cluster.
constexpr std::size_t most_held = 4096;
}  // namespace

struct progress_hub::queue {
  queue(boost::asio::any_io_executor executor, std::optional<model::run_id> wanted)
      : run(wanted), changed(std::move(executor)) {}
  std::optional<model::run_id> run;
  std::deque<progress> held;
  std::size_t missed = 0;
  bool closed = false;
  base::event changed;
};

class progress_hub::stream final : public progress_stream {
 public:
  explicit stream(std::shared_ptr<queue> from) : from_(std::move(from)) {}

  task<progress> next() override {
    while (from_->held.empty()) {
      if (from_->closed) co_return base::errc::closed;
      co_await from_->changed.wait();
    }
    auto event = std::move(from_->held.front());
    from_->held.pop_front();
    co_return event;
  }

  std::size_t missed() const override { return from_->missed; }

 private:
  std::shared_ptr<queue> from_;
};

progress_hub::progress_hub(boost::asio::any_io_executor executor)
    : executor_(std::move(executor)) {}

progress_hub::~progress_hub() = default;

void progress_hub::publish(const progress& event) {
  for (auto at = queues_.begin(); at != queues_.end();) {
    const auto listener = at->lock();
    if (!listener) {
      at = queues_.erase(at);
      continue;
    }
    ++at;
    if (listener->run && *listener->run != event.run) continue;
    if (listener->held.size() >= most_held) {
      listener->held.pop_front();
      ++listener->missed;
    }
    listener->held.push_back(event);
    listener->changed.set();
  }
}

std::unique_ptr<progress_stream> progress_hub::subscribe(std::optional<model::run_id> run) {
  auto made = std::make_shared<queue>(executor_, run);
  made->closed = closed_;
  queues_.push_back(made);
  return std::make_unique<stream>(std::move(made));
}

void progress_hub::close() {
  closed_ = true;
  for (const auto& entry : queues_) {
    if (const auto listener = entry.lock()) {
      listener->closed = true;
      listener->changed.set();
    }
  }
}

}  // namespace helenus::repair
