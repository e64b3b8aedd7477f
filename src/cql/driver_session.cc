#include "cql/driver_session.h"

#include "base/assert.h"
#include "base/task.h"
#include "cql/driver/cql_driver.h"
#include "cql/errc.h"
#include "net/tls_context.h"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace helenus::cql {

namespace asio = boost::asio;

namespace {

/// The driver keeps the deadlines; this is for a driver that does not.
constexpr auto grace = std::chrono::seconds(5);
constexpr std::uint64_t connecting = 0;
/// More statements than a program has; when it has them, they are all asked for anew.
constexpr std::size_t most_statements = 1'000;
constexpr std::size_t longest_detail = 2'000;

std::string copied(const char* data, std::size_t size) {
  return size == 0 ? std::string() : std::string(data, size);
}

/// The SSL_CTX; null: plain.
void* native(const session_options& with) {
  return with.tls ? with.tls->native().native_handle() : nullptr;
}

error failure_of(std::int32_t code, std::string detail) {
  if (detail.size() > longest_detail) {
    auto end = longest_detail;
    while (end > 0 && (static_cast<unsigned char>(detail[end]) & 0xC0) == 0x80) --end;
    detail.resize(end);  // between two characters
  }
  for (char& byte : detail)
    if (static_cast<unsigned char>(byte) < ' ') byte = ' ';
  return {static_cast<errc>(code), std::move(detail)};
}

}  // namespace

/// A request that is waited for. When the waiting ends before the request, the driver forgets it.
class driver_session::waiting {
 public:
  waiting(driver_session& session, std::uint64_t number)
      : session_(session), number_(number), request_(session.executor_) {
    session_.requests_.emplace(number, &request_);
  }
  ~waiting() {
    session_.requests_.erase(number_);
    if (!request_.outcome && session_.driver_ != nullptr && number_ != connecting)
      helenus_cql_cancel(session_.driver_, number_);
  }
  waiting(const waiting&) = delete;
  waiting& operator=(const waiting&) = delete;

  driver_session::request& request() { return request_; }

 private:
  driver_session& session_;
  std::uint64_t number_;
  driver_session::request request_;
};

driver_session::driver_session(base::clock& clock, asio::any_io_executor executor,
                               session_options options)
    : clock_(clock),
      executor_(executor),
      options_(std::move(options)),
      mailbox_(std::make_shared<mailbox>(mailbox{std::move(executor), this})) {}

driver_session::~driver_session() {
  HELENUS_ASSERT(requests_.empty());
  stop();
}

void driver_session::stop() {
  if (driver_ != nullptr) helenus_cql_close(std::exchange(driver_, nullptr));
  mailbox_->owner = nullptr;
}

// On the driver's thread, while the session lives: stop() waits for that thread.
void driver_session::ended(void* context, const helenus_cql_outcome* outcome) noexcept {
  auto box = static_cast<driver_session*>(context)->mailbox_;
  driver_session::outcome copy{outcome->code, copied(outcome->detail, outcome->detail_size),
                               copied(outcome->body, outcome->body_size),
                               copied(outcome->paging_state, outcome->paging_state_size)};
  const auto executor = box->executor;
  asio::post(executor,
             [box = std::move(box), number = outcome->request, copy = std::move(copy)]() mutable {
               if (box->owner != nullptr) box->owner->end(number, std::move(copy));
             });
}

void driver_session::end(std::uint64_t number, outcome outcome) {
  const auto found = requests_.find(number);
  // After the connection was told of, its number tells that the driver's thread ended.
  if (number == connecting && found == requests_.end()) return end_all();
  if (found == requests_.end()) return;
  found->second->outcome = std::move(outcome);
  found->second->ended.set();
}

void driver_session::end_all() {
  stop();
  for (const auto& [number, request] : requests_) {
    if (request->outcome) continue;
    request->outcome = outcome{static_cast<std::int32_t>(errc::closed), {}, {}, {}};
    request->ended.set();
  }
}

result<void> driver_session::start() {
  auto bytes = wire::options(options_);
  driver_ =
      helenus_cql_open(bytes.data(), bytes.size(), native(options_), &driver_session::ended, this);
  wire::wipe(bytes);
  options_.login.reset();
  if (driver_ == nullptr) return error{errc::internal, "no thread could be started for the driver"};
  return {};
}

task<driver_session::outcome> driver_session::wait_for(std::uint64_t number,
                                                       base::clock::duration limit, effect after,
                                                       std::string what) {
  waiting turn(*this, number);
  auto ended = [](driver_session::request& request) -> task<void> {
    co_await request.ended.wait();
    co_return result<void>{};
  };
  auto late = co_await base::with_timeout(clock_, ended(turn.request()), limit, std::move(what));
  if (!late)
    co_return error{after == effect::none ? errc::timed_out : errc::outcome_unknown,
                    late.error().detail};
  auto outcome = std::move(*turn.request().outcome);
  if (outcome.code != 0) co_return failure_of(outcome.code, std::move(outcome.detail));
  co_return std::move(outcome);
}

task<std::unique_ptr<session>> driver_session::connect(base::clock& clock,
                                                       session_options options) {
  const auto executor = co_await asio::this_coro::executor;
  std::unique_ptr<driver_session> made(new driver_session(clock, executor, std::move(options)));
  CO_TRY_VOID(made->start());
  CO_TRY_VOID(co_await made->wait_for(connecting, made->options_.connect_timeout, effect::none,
                                      "the CQL connection"));
  co_return std::unique_ptr<session>(std::move(made));
}

task<driver_session::outcome> driver_session::send(std::string bytes,
                                                   std::chrono::milliseconds timeout, effect after,
                                                   std::string what) {
  if (driver_ == nullptr) co_return error{errc::closed};
  if (requests_.size() >= options_.requests_in_flight)
    co_return error{errc::limit_exceeded, std::to_string(requests_.size()) +
                                              " CQL requests are under way; more are refused"};
  const auto number = ++last_number_;
  helenus_cql_submit(driver_, number, bytes.data(), bytes.size());
  co_return co_await wait_for(number, timeout + grace, after, std::move(what));
}

task<const wire::places*> driver_session::places_of(std::string_view text,
                                                    std::chrono::milliseconds timeout) {
  const auto known = places_.find(std::string(text));
  if (known != places_.end()) co_return &known->second;
  std::string key(text);
  CO_TRY(answer, co_await send(wire::prepare(key, timeout), timeout, effect::none,
                               "a statement to be prepared"));
  CO_TRY(places, wire::read_places(answer.body));
  if (places_.size() >= most_statements) places_.clear();
  co_return &places_.insert_or_assign(std::move(key), std::move(places)).first->second;
}

task<rows> driver_session::execute(statement what) {
  const auto timeout = what.how.timeout.value_or(options_.request_timeout);
  CO_TRY(places, co_await places_of(what.text, timeout));
  CO_TRY_VOID(wire::check(*places, what.values));
  const auto after = wire::reads(what.text) ? effect::none : effect::possible;
  CO_TRY(answer, co_await send(wire::execute(what, options_), timeout, after,
                               "the answer to a CQL statement"));
  CO_TRY(page, rows::parse(std::move(answer.body), std::move(answer.paging_state)));
  if (what.how.lightweight && !page.has_condition())
    co_return error{errc::malformed, "the answer does not tell whether the condition was met"};
  co_return std::move(page);
}

task<rows> driver_session::execute_batch(batch what) {
  const auto timeout = what.how.timeout.value_or(options_.request_timeout);
  if (what.statements.empty()) co_return error{errc::invalid, "a batch without statements"};
  for (const auto& each : what.statements) {
    CO_TRY(places, co_await places_of(each.text, timeout));
    CO_TRY_VOID(wire::check(*places, each.values));
  }
  CO_TRY(answer, co_await send(wire::execute_batch(what, options_), timeout, effect::possible,
                               "the answer to a CQL batch"));
  CO_TRY(page, rows::parse(std::move(answer.body), {}));
  if (what.how.lightweight && !page.has_condition())
    co_return error{errc::malformed, "the answer does not tell whether the conditions were met"};
  co_return std::move(page);
}

task<void> driver_session::prepare(std::string text) {
  CO_TRY_VOID(co_await places_of(text, options_.request_timeout));
  co_return result<void>{};
}

task<void> driver_session::change_schema(std::string text) {
  const auto timeout = options_.schema_timeout;
  CO_TRY_VOID(co_await send(wire::change_schema(text, timeout), timeout, effect::possible,
                            "a change of the schema"));
  co_return result<void>{};
}

task<base::uuid> driver_session::agree_on_schema() {
  const auto timeout = options_.schema_timeout;
  CO_TRY(answer, co_await send(wire::agree_on_schema(timeout), timeout, effect::none,
                               "agreement on the schema"));
  co_return wire::read_version(answer.body);
}

task<std::vector<node>> driver_session::nodes() {
  CO_TRY(answer,
         co_await send(wire::ask_nodes(), options_.request_timeout, effect::none, "the nodes"));
  co_return wire::read_nodes(answer.body);
}

task<void> driver_session::renew(std::optional<credentials> login,
                                 std::shared_ptr<const net::tls_context> tls) {
  if (driver_ == nullptr) co_return error{errc::closed};
  auto with = options_;
  with.login = std::move(login);
  with.tls = std::move(tls);
  auto bytes = wire::options(with);
  const auto number = ++last_number_;
  helenus_cql_renew(driver_, number, bytes.data(), bytes.size(), native(with));
  wire::wipe(bytes);
  CO_TRY_VOID(
      co_await wait_for(number, options_.connect_timeout, effect::none, "the CQL connection"));
  options_.tls = std::move(with.tls);
  co_return result<void>{};
}

task<void> driver_session::close() {
  end_all();
  co_return result<void>{};
}

task<std::unique_ptr<session>> connect(base::clock& clock, session_options options) {
  return driver_session::connect(clock, std::move(options));
}

}  // namespace helenus::cql
