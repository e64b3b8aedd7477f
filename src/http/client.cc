#include "http/client.h"

#include "http/errc.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <utility>

namespace helenus::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

namespace {

error failed(const client_options& options, boost::system::error_code why) {
  const auto who = options.host + ":" + std::to_string(options.port);
  if (why == beast::http::error::body_limit) {
    return {errc::body_too_large, "the answer of " + who + " is too large"};
  }
  return {why, "asking " + who + ": " + why.message()};
}

beast::http::request<beast::http::string_body> to_message(const client_options& options,
                                                          request what) {
  beast::http::request<beast::http::string_body> message;
  message.method_string(std::string(to_text(what.verb)));
  message.target(what.raw_target);
  message.version(11);
  message.set(beast::http::field::host, options.host + ":" + std::to_string(options.port));
  for (const auto& field : what.headers) message.set(field.name, field.value);
  message.body() = std::move(what.body);
  message.keep_alive(false);
  message.prepare_payload();
  return message;
}

task<response> exchange(client_options options, request what) {
  const auto executor = co_await asio::this_coro::executor;
  boost::system::error_code failure;
  tcp::resolver resolver(executor);
  const auto found =
      co_await resolver.async_resolve(options.host, std::to_string(options.port),
                                      asio::redirect_error(asio::use_awaitable, failure));
  if (failure) co_return failed(options, failure);
  tcp::socket socket(executor);
  co_await asio::async_connect(socket, found, asio::redirect_error(asio::use_awaitable, failure));
  if (failure) co_return failed(options, failure);
  const bool head_only = what.verb == method::head;
  auto message = to_message(options, std::move(what));
  co_await beast::http::async_write(socket, message,
                                    asio::redirect_error(asio::use_awaitable, failure));
  if (failure) co_return failed(options, failure);
  beast::flat_buffer buffer;
  beast::http::response_parser<beast::http::string_body> parser;
  parser.body_limit(options.max_body_bytes);
  parser.skip(head_only);
  co_await beast::http::async_read(socket, buffer, parser,
                                   asio::redirect_error(asio::use_awaitable, failure));
  if (failure) co_return failed(options, failure);
  response answer{.status = static_cast<int>(parser.get().result_int())};
  for (const auto& field : parser.get()) {
    answer.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  answer.content_type = std::string(find_header(answer.headers, "Content-Type").value_or(""));
  answer.body = std::move(parser.get().body());
  co_return answer;
}

}  // namespace

task<response> fetch(base::clock& clock, client_options options, request what) {
  const auto who = options.host + ":" + std::to_string(options.port);
  const auto timeout = options.timeout;
  co_return co_await base::with_timeout(clock, exchange(std::move(options), std::move(what)),
                                        timeout, "the answer of " + who);
}

}  // namespace helenus::http
