#include "http/dispatcher.h"

#include "http/cross_origin.h"

namespace helenus::http {
namespace {

response refuse_method(const router::wrong_method& known, method verb) {
  auto answer = verb == method::options ? response{} : error_response(405);
  answer.headers.push_back({"Allow", known.allow});
  return answer;
}

}  // namespace

dispatcher::dispatcher(const router& routes, dispatch_hooks hooks)
    : routes_(routes), hooks_(std::move(hooks)) {}

task<response> dispatcher::answer(request& incoming) const {
  CO_TRY(made, co_await find_answer(incoming));
  if (hooks_.cross_origin) allow_cross_origin(incoming, made);
  co_return made;
}

task<response> dispatcher::find_answer(request& incoming) const {
  auto match = routes_.find(incoming.verb, incoming.target.path);
  if (const auto* known = std::get_if<router::wrong_method>(&match)) {
    co_return refuse_method(*known, incoming.verb);
  }
  auto* found = std::get_if<router::found>(&match);
  if (!found) co_return error_response(incoming.verb == method::other ? 405 : 404);
  const auto& route = *found->what;
  if (!route.produces.empty() && !accepts(incoming.header_value("Accept"), route.produces)) {
    co_return error_response(406);
  }
  if (route.when == availability::when_ready && !hooks_.ready()) co_return hooks_.not_ready();
  incoming.path_parameters = std::move(found->path_parameters);
  auto outcome = co_await route.handler(incoming);
  if (!outcome) co_return hooks_.failed(outcome.error());
  co_return std::move(*outcome);
}

}  // namespace helenus::http
