#pragma once

#include "base/clock.h"
#include "model/ids.h"
#include "model/waiting_reason.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace helenus::app {

/// A run that does not move.
struct run_wait {
  model::run_id run;
  std::string keyspace;
  model::waiting_reason reason;
};

/// Finds what is worth telling among what runs wait for: what is not in the nature of a repair (its
/// turn, a busy replica, a rest) and lasts; once, although several runs wait for it, and not again
/// when only its details change. Pure.
class wait_news {
 public:
  /// All waits of the moment; those to be told now.
  std::vector<run_wait> looked(std::vector<run_wait> waits, base::clock::time_point now);

 private:
  using subject = std::pair<model::waiting_for, std::optional<model::node_address>>;
  struct known {
    base::clock::time_point since{};
    bool told = false;
  };
  std::map<subject, known> known_;
};

/// "shop: 10.0.0.3: the other nodes see it as down".
std::string waiting_sentence(const run_wait& wait);

}  // namespace helenus::app
