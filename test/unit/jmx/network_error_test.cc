#include "jmx/network_error.h"

#include "jmx/errc.h"
#include "net/errc.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

TEST(network_error_test, every_failure_of_the_network_has_its_counterpart) {
  const auto code = [](net::errc cause) { return from_network({cause, "detail"}).code; };
  EXPECT_EQ(code(net::errc::refused), errc::refused);
  EXPECT_EQ(code(net::errc::unreachable), errc::unreachable);
  EXPECT_EQ(code(net::errc::connect_timed_out), errc::connect_timed_out);
  EXPECT_EQ(code(net::errc::name_not_found), errc::unresolved);
  EXPECT_EQ(code(net::errc::tls_handshake_timed_out), errc::tls_timed_out);
  EXPECT_EQ(code(net::errc::tls_untrusted), errc::tls_failed);
  EXPECT_EQ(code(net::errc::not_tls), errc::tls_failed);
  EXPECT_EQ(code(net::errc::closed_by_peer), errc::closed);
  EXPECT_EQ(code(net::errc::connection_lost), errc::closed);
}

TEST(network_error_test, the_words_are_kept) {
  EXPECT_EQ(from_network({net::errc::refused, "10.0.0.3:7199: refused"}).detail,
            "10.0.0.3:7199: refused");
  EXPECT_EQ(from_network(net::errc::tls_wrong_name).detail,
            "the peer's certificate is for another name");
}

TEST(network_error_test, what_is_ours_or_a_timeout_stays_as_it_is) {
  EXPECT_EQ(from_network(errc::not_bound).code, errc::not_bound);
  EXPECT_EQ(from_network(base::errc::timed_out).code, base::errc::timed_out);
}

TEST(network_error_test, answers_are_not_lost_connections) {
  EXPECT_TRUE(is_lost_connection(errc::closed));
  EXPECT_TRUE(is_lost_connection(errc::call_timed_out));
  EXPECT_FALSE(is_lost_connection(errc::remote_exception));
  EXPECT_FALSE(is_lost_connection(errc::access_denied));
}

}  // namespace
}  // namespace helenus::jmx
