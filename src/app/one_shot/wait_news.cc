#include "app/one_shot/wait_news.h"

#include <chrono>
#include <string_view>

namespace helenus::app {
namespace {

/// What passes sooner is not told: a node that has not been looked at yet, a busy database.
constexpr std::chrono::seconds lasting{1};

bool is_of_interest(model::waiting_for what) {
  return what != model::waiting_for::turn && what != model::waiting_for::replica_busy &&
         what != model::waiting_for::pacing;
}

}  // namespace

std::vector<run_wait> wait_news::looked(std::vector<run_wait> waits, base::clock::time_point now) {
  std::vector<run_wait> news;
  std::map<subject, known> current;
  for (auto& wait : waits) {
    if (!is_of_interest(wait.reason.what)) continue;
    const subject about{wait.reason.what, wait.reason.node};
    const auto before = known_.find(about);
    const auto first = before == known_.end() ? known{now, false} : before->second;
    auto& record = current.emplace(about, first).first->second;
    if (record.told || now - record.since < lasting) continue;
    record.told = true;
    news.push_back(std::move(wait));
  }
  known_ = std::move(current);
  return news;
}

std::string waiting_sentence(const run_wait& wait) {
  const auto& why = wait.reason;
  std::string text = why.detail.empty() ? std::string(model::to_string(why.what)) : why.detail;
  // Some details name the node themselves, together with others.
  if (why.node && text.find(*why.node) == std::string::npos) text = *why.node + ": " + text;
  return wait.keyspace + ": " + text;
}

}  // namespace helenus::app
