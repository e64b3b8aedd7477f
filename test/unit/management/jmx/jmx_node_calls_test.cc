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
  const link::node_target target{{"192.0.2.1", 7199}, "c", "u", base::secret("{cipher}00")};
  const auto refused = test::run(context, clock, dialer->connect(target));
  EXPECT_EQ(refused.error().code, errc::authentication_failed);
  EXPECT_EQ(refused.error().message(), "another passphrase");
}

TEST(jmx_node_calls_test, each_connection_is_made_with_the_login_of_its_time) {
  boost::asio::io_context context;
  base::virtual_clock clock;
  std::string configured = "old";
  std::vector<std::string> used;
  jmx_management_options options;
  options.current_logins = [&]() -> task<std::shared_ptr<const jmx_logins>> {
    const auto now = std::make_shared<jmx_logins>();
    now->by_default = ::helenus::jmx::credentials{"u", base::secret(configured)};
    co_return now;
  };
  options.decrypt = [&](const base::secret& kept) -> result<base::secret> {
    used.emplace_back(kept.reveal());
    return error{base::errc::invalid_argument, "this is far enough"};
  };
  const auto dialer = make_jmx_dialer(clock, options);
  for (const auto* password : {"old", "new"}) {
    configured = password;
    EXPECT_FALSE(test::run(context, clock, dialer->connect({{"192.0.2.1", 7199}, "c", {}, {}})));
  }
  EXPECT_EQ(used, (std::vector<std::string>{"old", "new"}));
}

}  // namespace
}  // namespace helenus::management::jmx
