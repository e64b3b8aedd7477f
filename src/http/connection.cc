#include "http/connection.h"

#include "base/log.h"
#include "http/errc.h"
#include "http/gzip.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <ctime>
#include <sstream>

namespace helenus::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t read_size = 4096;
// After an answer that ends a connection early, what the client still sends is thrown away for a
// while: closing at once would reset the connection and the client would not see the answer.
constexpr auto linger_time = 2s;
constexpr std::size_t linger_bytes = 64 * 1024 * 1024;

error describe(boost::system::error_code failure) {
  namespace from_beast = beast::http;
  if (failure == from_beast::error::header_limit || failure == from_beast::error::buffer_overflow) {
    return errc::head_too_large;
  }
  if (failure == from_beast::error::body_limit) return errc::body_too_large;
  // A peer that goes away in the middle is no news; what is not HTTP is.
  if (failure.category() == from_beast::make_error_code(from_beast::error::bad_method).category() &&
      failure != from_beast::error::end_of_stream &&
      failure != from_beast::error::partial_message) {
    return error{errc::bad_message, failure.message()};
  }
  return failure;
}

/// The answer to a request that could not be read; nothing when nobody would read it.
std::optional<response> answer_to(const error& failure) {
  if (failure.code == errc::head_too_large) return error_response(431);
  if (failure.code == errc::body_too_large) return error_response(413);
  if (failure.code == errc::bad_message || failure.code == errc::bad_target) {
    return error_response(400, failure.message());
  }
  if (failure.code == errc::too_slow) return error_response(408);
  if (failure.code == errc::unknown_coding) {
    auto answer = error_response(415);
    answer.headers.push_back({"Accept-Encoding", "gzip"});
    return answer;
  }
  return std::nullopt;
}

/// The body of a request without its Content-Encoding.
result<std::string> decode_body(const request& head, std::string body, std::uint64_t most) {
  const auto coding = head.header_value("Content-Encoding").value_or("");
  if (body.empty() || coding.empty() || same_ignoring_case(coding, "identity")) return body;
  if (same_ignoring_case(coding, "gzip") || same_ignoring_case(coding, "x-gzip")) {
    return gunzip(body, most);
  }
  return errc::unknown_coding;
}

/// Whether a client would get the answer smaller.
bool is_to_be_compressed(const request& asked, const response& answer) {
  return answer.body.size() >= least_compressed_bytes && answer.status != 204 &&
         answer.status != 304 && !find_header(answer.headers, "Content-Encoding") &&
         !answer.content_type.starts_with("text/event-stream") &&
         accepts_gzip(asked.header_value("Accept-Encoding"));
}

/// The Date header: RFC 9110, whole seconds.
std::string http_date(base::clock::wall_time when) {
  const std::time_t seconds = base::clock::wall_time::clock::to_time_t(when);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text;
}

std::string to_text(const asio::ip::tcp::endpoint& endpoint) {
  std::ostringstream text;
  text << endpoint;
  return text.str();
}

task<void> to_task(asio::awaitable<boost::system::error_code> operation) {
  const auto failure = co_await std::move(operation);
  if (failure) co_return describe(failure);
  co_return result<void>{};
}

template <class Body>
beast::http::response<Body> make_head(const response& answer, bool keep_alive, unsigned version,
                                      base::clock::wall_time now) {
  beast::http::response<Body> message;
  message.result(static_cast<unsigned>(answer.status));
  message.version(version);
  message.set(beast::http::field::date, http_date(now));
  for (const auto& field : answer.headers) message.insert(field.name, field.value);
  if (!answer.body.empty()) message.set(beast::http::field::content_type, answer.content_type);
  if (answer.status != 204 && answer.status != 304) message.content_length(answer.body.size());
  message.keep_alive(keep_alive);
  return message;
}

}  // namespace

struct connection::stream {
  explicit stream(std::size_t limit) : buffer(limit) {}

  beast::flat_buffer buffer;
  bool keep_alive = false;
  bool head_was_read = false;
  unsigned http_version = 11;
};

connection::connection(asio::ip::tcp::socket socket, base::clock& clock,
                       const server_options& options, const request_handler& handler,
                       const certificate_source& certificates, const bool& draining)
    : transport_(std::move(socket)),
      clock_(clock),
      options_(options),
      handler_(handler),
      certificates_(certificates),
      draining_(draining) {}

void connection::refuse(asio::ip::tcp::socket socket) {
  static constexpr std::string_view busy =
      "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n"
      "Content-Length: 0\r\n\r\n";
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(busy), ignored);  // fits into any empty socket buffer
  socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

void connection::stop_if_idle() {
  boost::system::error_code ignored;
  if (idle_) transport_.socket().cancel(ignored);
}

task<void> connection::serve() {
  if (certificates_) CO_TRY_VOID(co_await secure());
  stream from(options_.max_head_bytes + read_size);
  while (!draining_) {
    CO_TRY_VOID(co_await wait_for_bytes(from));
    auto incoming = co_await read_request(from);
    const auto failed = incoming ? std::nullopt : answer_to(incoming.error());
    if (failed) {
      CO_TRY_VOID(co_await write(*failed, false, false, from.http_version));
      co_return co_await close_gracefully();
    }
    if (!incoming) co_return result<void>{};
    auto answer = co_await make_response(*incoming);
    const bool keep_alive = from.keep_alive && !draining_;
    CO_TRY_VOID(co_await write(std::move(*answer), incoming->verb == method::head, keep_alive,
                               from.http_version));
    if (!keep_alive) co_return co_await close_gracefully();
  }
  co_return result<void>{};
}

/// The handshake. Who fails in it is closed without a word: the other side knows why.
task<void> connection::secure() {
  auto shake_hands = [](transport& with) -> task<void> {
    boost::system::error_code failure;
    co_await with.async_handshake(asio::redirect_error(asio::use_awaitable, failure));
    if (failure) co_return failure;
    co_return result<void>{};
  };
  CO_TRY(context, co_await certificates_());
  transport_.secure(std::move(context));
  const auto done = co_await base::with_timeout(clock_, shake_hands(transport_),
                                                options_.head_timeout, "a TLS handshake");
  if (!done) {
    boost::system::error_code ignored;
    base::log_debug("http", "a TLS handshake failed",
                    {{"peer", to_text(transport_.socket().remote_endpoint(ignored))},
                     {"error", done.error().message()}});
  }
  co_return done;
}

task<void> connection::wait_for_bytes(stream& from) {
  if (from.buffer.size() > 0) co_return result<void>{};  // the client sent the next one ahead
  auto read = [](transport& socket,
                 beast::flat_buffer& buffer) -> asio::awaitable<boost::system::error_code> {
    boost::system::error_code failure;
    const auto space = buffer.prepare(read_size);
    const auto size =
        co_await socket.async_read_some(space, asio::redirect_error(asio::use_awaitable, failure));
    buffer.commit(size);
    co_return failure;
  };
  idle_ = true;
  auto outcome = co_await base::with_timeout(clock_, to_task(read(transport_, from.buffer)),
                                             options_.idle_timeout, "the next request");
  idle_ = false;
  co_return outcome;
}

task<request> connection::read_request(stream& from) {
  beast::http::request_parser<beast::http::string_body> parser;
  parser.header_limit(options_.max_head_bytes);
  parser.body_limit(options_.max_body_bytes);
  auto read_head = [](connection& self, stream& bytes,
                      auto& into) -> asio::awaitable<boost::system::error_code> {
    boost::system::error_code failure;
    co_await beast::http::async_read_header(self.transport_, bytes.buffer, into,
                                            asio::redirect_error(asio::use_awaitable, failure));
    co_return failure;
  };
  auto read_body = [](connection& self, stream& bytes,
                      auto& into) -> asio::awaitable<boost::system::error_code> {
    boost::system::error_code failure;
    co_await beast::http::async_read(self.transport_, bytes.buffer, into,
                                     asio::redirect_error(asio::use_awaitable, failure));
    co_return failure;
  };
  auto head = co_await base::with_timeout(clock_, to_task(read_head(*this, from, parser)),
                                          options_.head_timeout, "the head of a request");
  if (!head && head.error().code == base::errc::timed_out) co_return errc::too_slow;
  if (!head) co_return head.error();
  const auto& message = parser.get();
  from.http_version = message.version();
  from.keep_alive = message.keep_alive();
  if (message.version() >= 11 && message.count(beast::http::field::host) != 1) {
    co_return error{errc::bad_message, "a request of HTTP/1.1 has one Host header"};
  }
  if (beast::iequals(message[beast::http::field::expect], "100-continue")) {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    auto allow = [](transport& to) -> task<void> {
      boost::system::error_code ignored;  // a client that is gone shows at the next read
      co_await asio::async_write(to, asio::buffer(go_on),
                                 asio::redirect_error(asio::use_awaitable, ignored));
      co_return result<void>{};
    };
    CO_TRY_VOID(co_await base::with_timeout(clock_, allow(transport_), options_.write_timeout,
                                            "a client to be told to go on"));
  }
  auto body = co_await base::with_timeout(clock_, to_task(read_body(*this, from, parser)),
                                          options_.body_timeout, "the body of a request");
  if (!body && body.error().code == base::errc::timed_out) co_return errc::too_slow;
  if (!body) co_return body.error();

  request incoming;
  incoming.verb = method_from(std::string_view(message.method_string()));
  incoming.raw_target = std::string(message.target());
  CO_TRY(decoded, parse_target(incoming.raw_target));
  incoming.target = std::move(decoded);
  for (const auto& field : message) {
    incoming.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  CO_TRY(plain, decode_body(incoming, std::move(parser.get().body()), options_.max_body_bytes));
  incoming.body = std::move(plain);
  boost::system::error_code ignored;
  incoming.peer = transport_.socket().remote_endpoint(ignored).address().to_string();
  incoming.local = to_text(transport_.socket().local_endpoint(ignored));
  co_return incoming;
}

task<response> connection::make_response(request& incoming) {
  const auto start = clock_.now();
  auto answer = co_await base::with_timeout(clock_, handler_(incoming), options_.handler_timeout,
                                            "the answer to a request");
  if (!answer) {
    base::log_error("http", "a request was not answered",
                    {{"method", std::string(to_text(incoming.verb))},
                     {"target", logged_target(incoming)},
                     {"error", answer.error().message()}});
    answer = error_response(answer.error().code == base::errc::timed_out ? 503 : 500);
  }
  if (is_to_be_compressed(incoming, *answer)) {
    CO_TRY(packed, co_await gzip(std::move(answer->body)));
    answer->body = std::move(packed);
    answer->headers.push_back({"Content-Encoding", "gzip"});
    answer->headers.push_back({"Vary", "Accept-Encoding"});
  }
  if (base::log_enabled(base::level::debug)) {
    base::log_debug("http", "answered",
                    {{"method", std::string(to_text(incoming.verb))},
                     {"target", logged_target(incoming)},
                     {"status", std::to_string(answer->status)},
                     {"peer", incoming.peer},
                     {"took", base::to_text(clock_.now() - start)}});
  }
  co_return answer;
}

task<void> connection::write(response answer, bool head_only, bool keep_alive,
                             unsigned http_version) {
  auto send = [](transport& socket, auto message) -> asio::awaitable<boost::system::error_code> {
    boost::system::error_code failure;
    co_await beast::http::async_write(socket, message,
                                      asio::redirect_error(asio::use_awaitable, failure));
    co_return failure;
  };
  const auto now = clock_.wall_now();
  const bool without_body = head_only || answer.body.empty();
  if (without_body) {
    auto message = make_head<beast::http::empty_body>(answer, keep_alive, http_version, now);
    co_return co_await base::with_timeout(clock_, to_task(send(transport_, std::move(message))),
                                          options_.write_timeout, "a client to take its answer");
  }
  auto message = make_head<beast::http::string_body>(answer, keep_alive, http_version, now);
  message.body() = std::move(answer.body);
  co_return co_await base::with_timeout(clock_, to_task(send(transport_, std::move(message))),
                                        options_.write_timeout, "a client to take its answer");
}

task<void> connection::close_gracefully() {
  auto part = [](transport& from) -> task<void> {
    boost::system::error_code ignored;
    co_await from.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
    co_return result<void>{};
  };
  if (transport_.is_secure()) {
    co_await base::with_timeout(clock_, part(transport_), linger_time, "the client to part");
  }
  boost::system::error_code ignored;
  auto& socket = transport_.socket();
  socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  auto discard = [](asio::ip::tcp::socket& socket) -> task<void> {
    std::array<char, read_size> waste;
    boost::system::error_code failure;
    for (std::size_t total = 0; !failure && total < linger_bytes;) {
      total += co_await socket.async_read_some(asio::buffer(waste),
                                               asio::redirect_error(asio::use_awaitable, failure));
    }
    co_return result<void>{};
  };
  co_await base::with_timeout(clock_, discard(socket), linger_time, "the client to close");
  co_return result<void>{};
}

}  // namespace helenus::http
