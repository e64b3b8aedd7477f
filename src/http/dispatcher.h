#pragma once

#include "http/router.h"

#include <functional>

namespace helenus::http {

/// What a dispatcher asks its owner.
struct dispatch_hooks {
  bool cross_origin = false;                     ///< scripts of other web pages may read answers
  std::function<bool()> ready;                   ///< whether `when_ready` routes may be called
  std::function<response()> not_ready;           ///< the answer while they may not
  std::function<response(const error&)> failed;  ///< the answer to an error of a handler
};

/// Finds the route of a request and calls it; answers what HTTP itself requires (OPTIONS, 404, 405,
/// 406). `routes` and what the hooks refer to must outlive it.
class dispatcher {
 public:
  dispatcher(const router& routes, dispatch_hooks hooks);
  /// Never fails: every error has become a response. `incoming` must outlive the task.
  task<response> answer(request& incoming) const;

 private:
  task<response> find_answer(request& incoming) const;

  const router& routes_;
  dispatch_hooks hooks_;
};

}  // namespace helenus::http
