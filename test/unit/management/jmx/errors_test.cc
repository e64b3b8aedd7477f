#include "management/jmx/errors.h"

#include "base/errc.h"
#include "jmx/errc.h"
#include "management/errc.h"

#include <gtest/gtest.h>

namespace helenus::management::jmx {
namespace {

using jmx_errc = ::helenus::jmx::errc;

TEST(errors_test, each_failure_keeps_its_meaning_and_its_detail) {
  const std::pair<jmx_errc, errc> table[] = {
      {jmx_errc::refused, errc::node_unreachable},
      {jmx_errc::connect_timed_out, errc::node_unreachable},
      {jmx_errc::not_bound, errc::node_unreachable},
      {jmx_errc::tls_failed, errc::tls_failed},
      {jmx_errc::not_jmx, errc::not_a_node},
      {jmx_errc::no_such_mbean, errc::node_unreachable},
      {jmx_errc::authentication_failed, errc::authentication_failed},
      {jmx_errc::access_denied, errc::refused_by_node},
      {jmx_errc::remote_exception, errc::refused_by_node},
      {jmx_errc::call_timed_out, errc::call_timed_out},
      {jmx_errc::no_such_object, errc::connection_lost},
      {jmx_errc::closed, errc::connection_lost},
      {jmx_errc::malformed, errc::unexpected_answer},
      {jmx_errc::limit_exceeded, errc::unexpected_answer},
  };
  for (const auto& [from, to] : table) {
    const auto failure = from_jmx(error{from, "because"});
    EXPECT_EQ(failure.code, to) << failure.code.message();
    EXPECT_EQ(failure.detail, "because");
  }
}

TEST(errors_test, failures_of_other_modules_stay_as_they_are) {
  EXPECT_EQ(from_jmx(error{base::errc::closed}).code, base::errc::closed);
}

}  // namespace
}  // namespace helenus::management::jmx
