#include "management/jmx/jmx_node_calls.h"

#include "management/errc.h"
#include "support/run.h"

#include <gtest/gtest.h>

namespace helenus::management::jmx {
namespace {

TEST(jmx_node_calls_test, a_password_that_cannot_be_decrypted_is_not_sent) {
  boost::asio::io_context context;
  base::virtual_clock clock;
  jmx_management_options options;
  options.decrypt = [](const base::secret&) -> result<base::secret> {
    return error{base::errc::invalid_argument, "another passphrase"};
  };
  const auto dialer = make_jmx_dialer(clock, options);
  const ::helenus::jmx::credentials login{"u", base::secret("{cipher}00")};
  const auto refused = test::run(context, clock, dialer->connect({{"192.0.2.1", 7199}, login}));
  EXPECT_EQ(refused.error().code, errc::authentication_failed);
  EXPECT_EQ(refused.error().message(), "another passphrase");
}

}  // namespace
}  // namespace helenus::management::jmx
