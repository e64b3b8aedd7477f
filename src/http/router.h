#pragma once

#include "base/task.h"
#include "http/message.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace helenus::http {

/// Whether a route is answered before start-up is complete.
enum class availability { always, when_ready };

/// Answers one request. The request lives until the answer is complete.
using route_handler = std::function<task<response>(const request&)>;

struct route {
  method verb;
  std::string pattern;  ///< "/repair_run/{id}/state/{state}": {} stands for one segment
  availability when;
  std::string produces;  ///< content type that Accept must allow; empty: anything goes
  route_handler handler;
};

/// The table of routes. Pure: it finds, it does not call.
///
/// The path decides before the method: of the patterns that match, the one with the leftmost
/// literal segment is taken, and when that has no route for the method the answer is 405.
class router {
 public:
  router();
  ~router();
  router(router&&) noexcept;
  router& operator=(router&&) noexcept;

  /// Two routes with the same method and pattern are a bug.
  void add(route added);

  struct found {
    const route* what;
    std::vector<std::string> path_parameters;
  };
  struct wrong_method {
    std::string allow;  ///< value for the Allow header
  };
  struct not_found {};
  /// HEAD finds the route of GET when it has none of its own.
  std::variant<found, wrong_method, not_found> find(method verb,
                                                    const std::vector<std::string>& path) const;
  /// All of them, for what must hold for each. They live as long as the router.
  std::vector<const route*> routes() const;

 private:
  struct node;
  std::unique_ptr<node> root_;
};

}  // namespace helenus::http
