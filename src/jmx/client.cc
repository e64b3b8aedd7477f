#include "jmx/client.h"

#include "jmx/call_pool.h"
#include "jmx/errc.h"
#include "jmx/notification_stream.h"
#include "jmx/open_connection.h"
#include "jmx/remote/calls.h"

#include <boost/asio/this_coro.hpp>

#include <utility>

namespace helenus::jmx {
namespace {

result<void> check(const client_options& options) {
  if (options.server.host.empty() || options.server.port == 0) {
    return error{base::errc::invalid_argument, "the JMX server's host or port is missing"};
  }
  return {};
}

}  // namespace

task<std::unique_ptr<client>> client::connect(base::clock& clock, client_options options) {
  // Only the login itself needs the password; the sockets that are opened later do not.
  auto without_login = options;
  without_login.login.reset();
  return connect(clock, std::move(options), network_opener(clock, std::move(without_login)));
}

task<std::unique_ptr<client>> client::connect(base::clock& clock, client_options options,
                                              stream_opener streams) {
  CO_TRY_VOID(check(options));
  const auto handshake = options.timeouts.handshake;
  const connection_opener open = [&clock, streams, handshake](net::endpoint where, bool tls,
                                                              reader_limits limits) {
    return open_connection(clock, streams, std::move(where), tls, limits, handshake);
  };
  CO_TRY(login, co_await log_in(options, open));
  options.login.reset();
  auto pool = std::make_unique<call_pool>(clock, co_await boost::asio::this_coro::executor,
                                          std::move(options), std::move(login), open);
  co_return std::unique_ptr<client>(new client(std::move(pool)));
}

client::client(std::unique_ptr<call_pool> pool) : pool_(std::move(pool)) {}
client::~client() = default;

task<void> client::watch() { return pool_->watch(); }
bool client::is_open() const { return !pool_->ended(); }
task<void> client::close() { return pool_->close(); }

task<reply> client::ask(remote_call request, call_options how) {
  const auto timeout = how.timeout.value_or(pool_->options().timeouts.call);
  return pool_->call(std::move(request), timeout, how.slow);
}

task<value> client::get_attribute(object_name mbean, std::string attribute, call_options how) {
  CO_TRY(answer, co_await ask(calls::get_attribute(pool_->session_id(), mbean, attribute), how));
  co_return answer.outcome();
}

task<std::vector<std::pair<std::string, value>>> client::get_attributes(
    object_name mbean, std::vector<std::string> attributes, call_options how) {
  auto request = calls::get_attributes(pool_->session_id(), mbean, attributes);
  CO_TRY(answer, co_await ask(std::move(request), how));
  CO_TRY(list, answer.outcome());
  co_return read_attributes(list);
}

task<void> client::set_attribute(object_name mbean, std::string attribute, argument to,
                                 call_options how) {
  auto request = calls::set_attribute(pool_->session_id(), mbean, attribute, to);
  CO_TRY(answer, co_await ask(std::move(request), how));
  CO_TRY_VOID(answer.outcome());
  co_return result<void>{};
}

task<value> client::invoke(object_name mbean, std::string operation,
                           std::vector<calls::parameter> parameters, call_options how) {
  auto request = calls::invoke(pool_->session_id(), mbean, operation, parameters);
  CO_TRY(answer, co_await ask(std::move(request), how));
  co_return answer.outcome();
}

task<reply> client::try_invoke(object_name mbean, std::string operation,
                               std::vector<calls::parameter> parameters, call_options how) {
  co_return co_await ask(calls::invoke(pool_->session_id(), mbean, operation, parameters), how);
}

task<std::vector<object_name>> client::query_names(object_name pattern, call_options how) {
  CO_TRY(answer, co_await ask(calls::query_names(pool_->session_id(), pattern), how));
  CO_TRY(names, answer.outcome());
  co_return read_names(names);
}

task<bool> client::is_registered(object_name mbean, call_options how) {
  CO_TRY(answer, co_await ask(calls::is_registered(pool_->session_id(), mbean), how));
  co_return answer.boolean();
}

task<mbean_info> client::get_mbean_info(object_name mbean, call_options how) {
  CO_TRY(answer, co_await ask(calls::get_mbean_info(pool_->session_id(), mbean), how));
  CO_TRY(info, answer.outcome());
  co_return read_mbean_info(info);
}

task<std::string> client::default_domain(call_options how) {
  CO_TRY(answer, co_await ask(calls::get_default_domain(pool_->session_id()), how));
  CO_TRY(domain, answer.outcome());
  co_return domain.as_string();
}

task<std::unique_ptr<notification_stream>> client::listen(std::vector<object_name> mbeans,
                                                          std::optional<std::int64_t> resume_from) {
  return notification_stream::open(*pool_, std::move(mbeans), resume_from);
}

}  // namespace helenus::jmx
