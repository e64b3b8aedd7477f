#include "http/client.h"

#include "http/errc.h"
#include "http/server.h"
#include "net/errc.h"
#include "support/certificates.h"
#include "support/run.h"
#include "support/scripted_stream.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace helenus::http {
namespace {

using namespace std::chrono_literals;

/// A server on a free port that says what it was asked, and a client that asks it once.
class client_test : public ::testing::Test {
 protected:
  task<response> answer(request& asked) {
    if (asked.raw_target == "/slow") co_await clock.sleep_for(1h);
    response made{.status = 201,
                  .content_type = "text/plain",
                  .body = std::string(to_text(asked.verb)) + " " + asked.raw_target + " " +
                          std::string(asked.header_value("X-More").value_or("")) + asked.body};
    made.headers.push_back({"Location", "/there"});
    co_return made;
  }

  task<response> serve_one(request what, client_options options) {
    auto listener = net::listener::open(context.get_executor(), {.host = "127.0.0.1", .port = 0});
    certificate_source own;
    if (server_files) {
      own = [this]() -> task<std::shared_ptr<const net::tls_context>> {
        co_return net::tls_context::load(*server_files);
      };
    }
    server tested(
        context.get_executor(), clock, std::move(*listener), {},
        [this](request& asked) { return answer(asked); }, own);
    base::task_group group(context.get_executor());
    group.spawn("server", tested.run());
    options.host = "127.0.0.1";
    options.port = tested.port();
    auto received = co_await fetch(clock, options, std::move(what));
    group.cancel();
    CO_TRY_VOID(co_await group.join());
    co_return received;
  }

  result<response> ask(request what, client_options options = {}) {
    return test::run_blocking(context, serve_one(std::move(what), std::move(options)));
  }

  static test::certificates& issuer() {
    static test::certificates authority;
    return authority;
  }
  /// The server shows a certificate of ours and wants to see one, too.
  void serve_under_tls() {
    const auto own = issuer().issue("127.0.0.1");
    server_files = {.certificate_file = own.certificate,
                    .key_file = own.key,
                    .ca_file = issuer().ca_file(),
                    .clients = net::client_certificate::needed};
  }
  result<response> ask_under_tls(const net::tls_client_options& files) {
    return ask({.raw_target = "/secret"},
               {.host = {}, .tls = net::tls_context::load(files).value()});
  }

  boost::asio::io_context context;
  base::real_clock clock;
  std::optional<net::tls_server_options> server_files;  ///< none: plain
};

TEST_F(client_test, sends_method_target_headers_and_body_and_reads_the_answer) {
  const auto received = ask({.verb = method::post,
                             .raw_target = "/a?b=c",
                             .headers = {{"X-More", "more"}},
                             .body = "body"});
  ASSERT_TRUE(received) << received.error().message();
  EXPECT_EQ(received->status, 201);
  EXPECT_EQ(received->content_type, "text/plain");
  EXPECT_EQ(received->body, "POST /a?b=c morebody");
  EXPECT_EQ(find_header(received->headers, "location"), "/there");
}

TEST_F(client_test, an_answer_to_head_has_no_body) {
  EXPECT_EQ(ask({.verb = method::head, .raw_target = "/"})->body, "");
}

TEST_F(client_test, an_answer_that_does_not_come_is_a_time_out) {
  EXPECT_EQ(ask({.raw_target = "/slow"}, {.host = {}, .timeout = 50ms}).error().code,
            base::errc::timed_out);
}

TEST_F(client_test, an_answer_that_is_too_large_is_refused) {
  EXPECT_EQ(ask({.raw_target = "/long"}, {.host = {}, .max_body_bytes = 3}).error().code,
            errc::body_too_large);
}

TEST_F(client_test, a_refused_connection_names_whom_it_asked) {
  std::uint16_t closed = 0;
  {
    auto listener = net::listener::open(context.get_executor(), {.host = "127.0.0.1", .port = 0});
    closed = listener->port();
  }
  const auto received = test::run_blocking(
      context, fetch(clock, {.host = "127.0.0.1", .port = closed}, {.raw_target = "/"}));
  EXPECT_EQ(received.error().code, net::errc::refused);
  EXPECT_NE(received.error().message().find("127.0.0.1:" + std::to_string(closed)),
            std::string::npos);
}

TEST_F(client_test, a_server_that_wants_a_certificate_answers_who_shows_one) {
  serve_under_tls();
  const auto own = issuer().issue("client");
  const auto received = ask_under_tls(
      {.ca_file = issuer().ca_file(), .certificate_file = own.certificate, .key_file = own.key});
  ASSERT_TRUE(received) << received.error().message();
  EXPECT_EQ(received->body, "GET /secret ");
}

TEST_F(client_test, a_server_that_wants_a_certificate_rejects_who_has_none) {
  serve_under_tls();
  const auto received = ask_under_tls({.ca_file = issuer().ca_file()});
  EXPECT_EQ(received.error().code, net::errc::tls_rejected) << received.error().message();
}

TEST_F(client_test, a_server_that_is_not_trusted_is_not_asked) {
  serve_under_tls();
  const test::certificates others;
  const auto received = ask_under_tls({.ca_file = others.ca_file()});
  EXPECT_EQ(received.error().code, net::errc::tls_untrusted) << received.error().message();
}

/// A peer that takes a request and says what a test wants, in pieces, then closes.
class client_exchange_test : public ::testing::Test {
 protected:
  result<response> ask(const std::string& answer, request what = {.raw_target = "/"}) {
    const auto reads = (answer.size() + piece - 1) / piece;
    const auto fault = std::make_shared<test::stream_fault>(
        test::stream_fault{.what = end, .at = 1 + reads, .seen = 0});
    const std::string verb(to_text(what.verb));
    std::vector<test::transcript_turn> turns{
        {true, verb + " / HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n"}};
    if (!answer.empty()) turns.push_back({false, answer});
    test::scripted_stream peer(context.get_executor(), turns, fault, piece);
    return test::run_blocking(context, exchange(peer, options, std::move(what)));
  }

  boost::asio::io_context context;
  client_options options{.host = "::1", .max_body_bytes = 1000, .max_head_bytes = 500};
  test::stream_fault::kind end = test::stream_fault::kind::end_of_stream;
  std::size_t piece = 1'000'000;
};

TEST_F(client_exchange_test, an_answer_is_complete_however_its_body_ends) {
  const std::vector<std::pair<std::string, std::string>> answers{
      {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody and more", "body"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
       "2\r\nbo\r\n2;why=not\r\ndy\r\n0\r\nX-Late: yes\r\n\r\n",
       "body"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""},
      {"HTTP/1.1 200 OK\r\n\r\nall until the end", "all until the end"},
      {"HTTP/1.0 200 OK\r\n\r\n", ""},
      {"HTTP/1.1 204 No Content\r\n\r\n", ""},
      {"HTTP/1.1 500 Server Error\r\nContent-Length: 3\r\n\r\nwhy", "why"}};
  for (const auto size : {1, 2, 3, 5, 1'000'000}) {
    piece = static_cast<std::size_t>(size);
    for (const auto& [bytes, body] : answers) {
      const auto received = ask(bytes);
      ASSERT_TRUE(received) << bytes << "\n" << received.error().message();
      EXPECT_EQ(received->body, body) << bytes;
    }
  }
}

TEST_F(client_exchange_test, an_answer_to_head_ends_with_its_head) {
  const auto received = ask("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n",
                            {.verb = method::head, .raw_target = "/"});
  ASSERT_TRUE(received) << received.error().message();
  EXPECT_EQ(find_header(received->headers, "Content-Length"), "400");
}

TEST_F(client_exchange_test, an_answer_that_is_cut_off_is_none) {
  for (const std::string cut :
       {"HTT", "HTTP/1.1 200 OK\r\nContent-", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbody",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n"}) {
    const auto received = ask(cut);
    ASSERT_FALSE(received) << cut;
    EXPECT_EQ(received.error().code, errc::bad_message) << cut;
    EXPECT_EQ(received.error().message(), "asking [::1]:80: the answer was cut off");
  }
}

TEST_F(client_exchange_test, a_peer_that_closes_without_an_answer_or_is_lost_is_told_apart) {
  EXPECT_EQ(ask("").error().code, net::errc::closed_by_peer);
  end = test::stream_fault::kind::reset;
  EXPECT_EQ(ask("HTTP/1.1 200 OK\r\nContent-Le").error().code, net::errc::connection_lost);
}

TEST_F(client_exchange_test, an_answer_before_the_whole_question_was_taken_counts) {
  const auto fault = std::make_shared<test::stream_fault>(
      test::stream_fault{.what = test::stream_fault::kind::reset, .at = 0, .seen = 0});
  test::scripted_stream peer(context.get_executor(),
                             {{false, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"}},
                             fault);
  const auto received = test::run_blocking(context, exchange(peer, options, {.raw_target = "/"}));
  ASSERT_TRUE(received) << received.error().message();
  EXPECT_EQ(received->status, 413);
}

TEST_F(client_exchange_test, what_is_not_http_is_refused) {
  for (const std::string wrong :
       {"SSH-2.0-OpenSSH\r\n", "HTTP/3.0 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnumber\r\n"}) {
    const auto received = ask(wrong);
    ASSERT_FALSE(received) << wrong;
    EXPECT_EQ(received.error().code, errc::bad_message) << wrong;
  }
}

TEST_F(client_exchange_test, no_part_of_an_answer_is_without_limit) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string chunks = chunked;
  for (int i = 0; i < 101; ++i) chunks += "a\r\n0123456789\r\n";
  const std::string many(1001, 'x');
  const std::vector<std::pair<std::string, errc>> answers{
      {"HTTP/1.1 200 " + many, errc::head_too_large},
      {"HTTP/1.1 200 OK\r\nX-Long: " + many + "\r\n\r\n", errc::head_too_large},
      {chunked + "1;" + many, errc::head_too_large},
      {chunked + "0\r\nX-Late: " + many, errc::head_too_large},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", errc::body_too_large},
      {"HTTP/1.1 200 OK\r\n\r\n" + many, errc::body_too_large},
      {chunked + "ffffffffffffffff\r\n", errc::body_too_large},
      {chunks, errc::body_too_large}};
  for (const auto size : {1, 100, 1'000'000}) {
    piece = static_cast<std::size_t>(size);
    for (const auto& [bytes, expected] : answers) {
      const auto received = ask(bytes);
      ASSERT_FALSE(received) << bytes;
      EXPECT_EQ(received.error().code, expected) << size << " at once: " << bytes;
    }
  }
}

}  // namespace
}  // namespace helenus::http
