// Sessions recorded from real servers, replayed: whole, in crumbs, and with a failure at each step.
#include "jmx/errc.h"
#include "jmx/network_error.h"
#include "net/errc.h"
#include "support/recorded_session.h"
#include "support/run.h"
#include "support/scripted_stream.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace helenus::jmx {
namespace {

using namespace std::chrono_literals;
using test::stream_fault;

constexpr const char* password = "cassandrapw";  // of the record

class transcript_test : public ::testing::TestWithParam<std::string> {
 protected:
  boost::asio::io_context context;
  base::virtual_clock clock;
  test::transcript recorded = test::read_transcript(std::string(HELENUS_TEST_DIR) +
                                                    "/unit/jmx/transcripts/" + GetParam() + ".txt");

  /// Each connection is the next one of the record; after the last, nobody listens any more.
  stream_opener play(std::shared_ptr<stream_fault> fault, std::size_t chunk) {
    auto opened = std::make_shared<std::size_t>(0);
    return [this, fault, chunk, opened](net::endpoint, bool) {
      return next_stream(fault, chunk, opened);
    };
  }

  task<std::unique_ptr<net::stream>> next_stream(std::shared_ptr<stream_fault> fault,
                                                 std::size_t chunk,
                                                 std::shared_ptr<std::size_t> opened) {
    if (*opened == recorded.size()) co_return from_network(net::errc::refused);
    co_return std::make_unique<test::scripted_stream>(context.get_executor(), recorded[(*opened)++],
                                                      fault, chunk);
  }

  result<void> session(std::shared_ptr<stream_fault> fault, std::size_t chunk = 1'000'000) {
    client_options options;
    options.server = {"scripted", 7199};
    if (GetParam().ends_with("_login")) {
      options.login = credentials{"cassandra", base::secret(password)};
    }
    auto opener = play(fault, chunk);
    return test::run(context, clock, test::recorded_session(clock, options, opener), 1h);
  }

  void fails_at_every_step(stream_fault::kind kind) {
    const auto counter = std::make_shared<stream_fault>();
    ASSERT_TRUE(session(counter));
    unsigned failed = 0;
    for (std::size_t step = 0; step < counter->seen; ++step) {
      const auto outcome = session(std::make_shared<stream_fault>(stream_fault{kind, step}));
      if (outcome) continue;
      ++failed;
      EXPECT_EQ(outcome.error().code.category(), category())
          << "step " << step << ": " << outcome.error().message();
      EXPECT_FALSE(outcome.error().detail.empty()) << step;
      EXPECT_EQ(outcome.error().detail.find(password), std::string::npos) << step;
    }
    // What fails while saying goodbye is nobody's business.
    EXPECT_GE(failed, counter->seen - 6);
  }
};

TEST_P(transcript_test, is_replayed_word_for_word) {
  const auto outcome = session(std::make_shared<stream_fault>());
  EXPECT_TRUE(outcome) << outcome.error().message();
}

TEST_P(transcript_test, may_arrive_byte_by_byte) {
  EXPECT_TRUE(session(std::make_shared<stream_fault>(), 1));
}

TEST_P(transcript_test, ends_cleanly_when_the_peer_closes_at_any_step) {
  fails_at_every_step(stream_fault::kind::end_of_stream);
}

TEST_P(transcript_test, ends_cleanly_when_the_connection_breaks_at_any_step) {
  fails_at_every_step(stream_fault::kind::reset);
}

TEST_P(transcript_test, ends_cleanly_when_the_peer_falls_silent_at_any_step) {
  fails_at_every_step(stream_fault::kind::silence);
}

INSTANTIATE_TEST_SUITE_P(recorded, transcript_test,
                         ::testing::Values("cassandra_5_0", "cassandra_3_11_login"),
                         [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace helenus::jmx
