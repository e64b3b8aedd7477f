#include "http/client.h"

#include "http/errc.h"
#include "net/connect.h"
#include "net/errc.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <span>
#include <sstream>
#include <string_view>
#include <utility>

namespace helenus::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t read_size = 16 * 1024;
constexpr base::clock::duration connect_within = 10s;
constexpr std::string_view last_chunk = "0\r\n\r\n";  // at least

using answer_parser = beast::http::response_parser<beast::http::string_body>;

net::endpoint peer_of(const client_options& options) { return {options.host, options.port}; }

std::string to_bytes(const client_options& options, request what) {
  beast::http::request<beast::http::string_body> message;
  message.method_string(std::string(to_text(what.verb)));
  message.target(what.raw_target);
  message.version(11);
  message.set(beast::http::field::host, net::to_text(peer_of(options)));
  for (const auto& field : what.headers) message.set(field.name, field.value);
  message.body() = std::move(what.body);
  message.keep_alive(false);
  message.prepare_payload();
  std::ostringstream bytes;
  bytes << message;
  return std::move(bytes).str();
}

error not_accepted(const boost::system::error_code& why) {
  if (why == beast::http::error::header_limit) return errc::head_too_large;
  if (why == beast::http::error::body_limit) return errc::body_too_large;
  if (why == beast::http::error::partial_message) {
    return {errc::bad_message, "the answer was cut off"};
  }
  return {errc::bad_message, "the answer is not HTTP: " + why.message()};
}

/// Gives the parser what was read. What it leaves needs more bytes: a part of a head, or of what
/// stands between chunks, for which it has no limit of its own. It asserts that of the last chunk
/// it gets either no more than the first line or all; as much as that has has to come anyway.
result<void> parse(answer_parser& parser, std::string& unparsed, std::size_t most_unparsed) {
  const bool in_chunks = parser.is_header_done() && parser.chunked();
  if (in_chunks && unparsed.size() < last_chunk.size()) return {};
  boost::system::error_code failure;
  const auto used = parser.put(asio::buffer(unparsed), failure);
  if (failure && failure != beast::http::error::need_more) return not_accepted(failure);
  unparsed.erase(0, used);
  if (!parser.is_done() && unparsed.size() > most_unparsed) return errc::head_too_large;
  return {};
}

/// Reads until the parser has a whole answer.
task<void> read_answer(net::stream& from, answer_parser& parser, std::size_t max_head_bytes) {
  std::string piece(read_size, '\0');
  std::string unparsed;
  while (!parser.is_done()) {
    const auto size = co_await from.read_some(std::as_writable_bytes(std::span(piece)));
    if (size) {
      unparsed.append(piece, 0, *size);
      CO_TRY_VOID(parse(parser, unparsed, max_head_bytes));
      continue;
    }
    if (size.error().code != net::errc::closed_by_peer || !parser.got_some()) {
      co_return size.error();
    }
    boost::system::error_code failure;
    parser.put_eof(failure);
    if (failure) co_return not_accepted(failure);
  }
  co_return result<void>{};
}

task<response> ask(net::stream& with, const client_options& options, request what) {
  answer_parser parser;
  parser.header_limit(options.max_head_bytes);
  parser.body_limit(options.max_body_bytes);
  parser.skip(what.verb == method::head);
  parser.eager(true);
  const auto bytes = to_bytes(options, std::move(what));
  const auto written = co_await with.write(std::as_bytes(std::span(bytes)));
  // Who closes while we write may have said why: an alert of TLS, or an answer.
  const auto read = co_await read_answer(with, parser, options.max_head_bytes);
  if (!read && !written && read.error().code != net::errc::tls_rejected) co_return written.error();
  if (!read) co_return read.error();
  response answer{.status = static_cast<int>(parser.get().result_int())};
  for (const auto& field : parser.get()) {
    answer.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  answer.content_type = std::string(find_header(answer.headers, "Content-Type").value_or(""));
  answer.body = std::move(parser.get().body());
  co_return answer;
}

task<std::unique_ptr<net::stream>> connect(base::clock& clock, const client_options& options) {
  const auto within = std::min<base::clock::duration>(options.timeout / 2, connect_within);
  if (!options.tls) co_return co_await net::connect(clock, peer_of(options), within);
  co_return co_await net::connect_tls(clock, peer_of(options), options.tls, within, within);
}

}  // namespace

task<response> exchange(net::stream& with, const client_options& options, request what) {
  auto answer = co_await ask(with, options, std::move(what));
  if (answer) co_return std::move(*answer);
  co_return base::with_context(std::move(answer).error(),
                               "asking " + net::to_text(peer_of(options)));
}

task<response> fetch(base::clock& clock, client_options options, request what) {
  const auto deadline = clock.now() + options.timeout;
  CO_TRY(connected, co_await connect(clock, options));
  co_return co_await base::with_timeout(clock, exchange(*connected, options, std::move(what)),
                                        deadline - clock.now(),
                                        "the answer of " + net::to_text(peer_of(options)));
}

}  // namespace helenus::http
