#include "api/auth/login_brake.h"

#include <utility>

namespace helenus::api {

bool login_brake::allows(const std::string& peer) const {
  const auto found = held_.find(peer);
  return all_ < most && (found == held_.end() || found->second < most_of_a_peer);
}

login_brake::late_answer::late_answer(login_brake& brake, std::string peer)
    : brake_(brake), peer_(std::move(peer)) {
  ++brake_.held_[peer_];
  ++brake_.all_;
}

login_brake::late_answer::~late_answer() {
  if (--brake_.held_[peer_] == 0) brake_.held_.erase(peer_);
  --brake_.all_;
}

}  // namespace helenus::api
