#include "deployment/solo.h"

namespace helenus::deployment {

task<storage::lease_answer> solo::acquire(storage::node_lease, rest_of_nodes) {
  co_return storage::lease_answer{.taken = true, .in_the_way = {}};
}
task<void> solo::release(model::segment_id) { co_return result<void>{}; }
task<std::set<model::segment_id>> solo::worked_on_elsewhere(model::run_id) {
  co_return std::set<model::segment_id>{};
}
task<std::vector<storage::held_node>> solo::held_elsewhere(model::run_id) {
  co_return std::vector<storage::held_node>{};
}
task<void> solo::join() { co_return result<void>{}; }
task<void> solo::run() { co_return result<void>{}; }
task<void> solo::leave() { co_return result<void>{}; }

}  // namespace helenus::deployment
