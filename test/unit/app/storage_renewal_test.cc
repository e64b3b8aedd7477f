#include "app/storage_renewal.h"

#include "base/task_group.h"
#include "support/captured_log.h"
#include "support/run.h"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace helenus::app {
namespace {

using namespace std::chrono_literals;

storage_access with_password(const std::string& password) {
  return {.login = cql::credentials{"helenus", base::secret(password)}, .tls = nullptr};
}

class storage_renewal_test : public ::testing::Test {
 protected:
  boost::asio::io_context context;
  base::virtual_clock clock;
  base::task_group group{context.get_executor()};
  std::string configured = "first";
  std::string accepted = "first";
  std::vector<std::string> tried;

  task<storage_access> current() { co_return with_password(configured); }
  task<void> connect(storage_access now) {
    tried.emplace_back(now.login->password.reveal());
    if (tried.back() != accepted) co_return error{base::errc::closed, "the password is wrong"};
    co_return result<void>{};
  }
  void begin() {
    const storage_renewal how{
        .current = [this] { return current(); },
        .connect = [this](storage_access now) { return connect(std::move(now)); }};
    group.spawn("tested", keep_renewed(clock, how, with_password("first")));
  }
  void end() {
    group.cancel();
    ASSERT_TRUE(test::run(context, clock, group.join()).has_value());
  }
};

TEST_F(storage_renewal_test, nothing_is_done_while_nothing_changes) {
  begin();
  clock.run(context, 1h);
  EXPECT_TRUE(tried.empty());
  end();
}

TEST_F(storage_renewal_test, a_changed_login_is_used_once_and_soon) {
  begin();
  clock.run(context, 1min);
  configured = accepted = "second";
  clock.run(context, 5s);
  EXPECT_EQ(tried, std::vector<std::string>{"second"});
  clock.run(context, 1h);
  EXPECT_EQ(tried.size(), 1U);
  end();
}

TEST_F(storage_renewal_test, what_is_not_accepted_yet_is_told_once_and_tried_until_it_is) {
  const test::captured_log log;
  begin();
  configured = "second";
  clock.run(context, 1min);
  EXPECT_GT(tried.size(), 5U);
  EXPECT_EQ(log.lines().size(), 1U);
  EXPECT_TRUE(log.contains("the password is wrong"));
  accepted = "second";
  const auto before = tried.size();
  clock.run(context, 1min);
  EXPECT_EQ(tried.size(), before + 1);
  EXPECT_FALSE(log.contains("second"));
  end();
}

TEST_F(storage_renewal_test, the_old_login_again_is_no_change) {
  begin();
  configured = "mistyped";
  clock.run(context, 6s);
  configured = "first";
  const auto before = tried.size();
  clock.run(context, 1h);
  EXPECT_EQ(tried.size(), before);
  end();
}

}  // namespace
}  // namespace helenus::app
