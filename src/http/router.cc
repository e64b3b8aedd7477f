#include "http/router.h"

#include "base/assert.h"

#include <algorithm>
#include <map>

namespace helenus::http {

/// A tree of segments. Routes stay where they are: `found` points to them.
struct router::node {
  std::map<std::string, std::unique_ptr<node>, std::less<>> literal;
  std::unique_ptr<node> parameter;
  std::vector<std::unique_ptr<route>> routes;

  const route* for_method(method verb) const {
    const auto at = std::find_if(routes.begin(), routes.end(),
                                 [verb](const auto& known) { return known->verb == verb; });
    return at == routes.end() ? nullptr : at->get();
  }

  const node* find(const std::vector<std::string>& path, std::size_t depth,
                   std::vector<std::string>& parameters) const {
    if (depth == path.size()) return routes.empty() ? nullptr : this;
    if (const auto child = literal.find(path[depth]); child != literal.end()) {
      if (const auto* leaf = child->second->find(path, depth + 1, parameters)) return leaf;
    }
    if (!parameter || path[depth].empty()) return nullptr;
    parameters.push_back(path[depth]);
    if (const auto* leaf = parameter->find(path, depth + 1, parameters)) return leaf;
    parameters.pop_back();
    return nullptr;
  }

  void list(std::vector<const route*>& into) const {
    for (const auto& known : routes) into.push_back(known.get());
    for (const auto& [segment, child] : literal) child->list(into);
    if (parameter) parameter->list(into);
  }

  std::string allow() const {
    std::string methods;
    for (const auto& known : routes) methods += std::string(to_text(known->verb)) + ",";
    if (for_method(method::get) && !for_method(method::head)) methods += "HEAD,";
    return methods + "OPTIONS";
  }
};

router::router() : root_(std::make_unique<node>()) {}
router::~router() = default;
router::router(router&&) noexcept = default;
router& router::operator=(router&&) noexcept = default;

void router::add(route added) {
  HELENUS_ASSERT(added.pattern.starts_with('/'));
  auto* at = root_.get();
  std::string_view rest = added.pattern;
  while (rest.size() > 1) {
    rest.remove_prefix(1);
    const auto segment = rest.substr(0, rest.find('/'));
    auto& next = segment.starts_with('{') ? at->parameter : at->literal[std::string(segment)];
    if (!next) next = std::make_unique<node>();
    at = next.get();
    rest.remove_prefix(segment.size());
  }
  HELENUS_ASSERT(!at->for_method(added.verb));
  at->routes.push_back(std::make_unique<route>(std::move(added)));
}

std::variant<router::found, router::wrong_method, router::not_found> router::find(
    method verb, const std::vector<std::string>& path) const {
  std::vector<std::string> parameters;
  const auto* leaf = root_->find(path, 0, parameters);
  if (!leaf) return not_found{};
  const auto* match = leaf->for_method(verb);
  if (!match && verb == method::head) match = leaf->for_method(method::get);
  if (!match) return wrong_method{leaf->allow()};
  return found{match, std::move(parameters)};
}

std::vector<const route*> router::routes() const {
  std::vector<const route*> all;
  root_->list(all);
  return all;
}

}  // namespace helenus::http
