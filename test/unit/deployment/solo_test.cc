#include "deployment/solo.h"

#include "support/run.h"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

namespace helenus::deployment {
namespace {

TEST(solo, is_never_refused_and_leads) {
  boost::asio::io_context context;
  const auto wait = [&context](auto work) {
    return helenus::test::run_blocking(context, std::move(work));
  };
  solo alone;
  EXPECT_TRUE(alone.is_alone());
  EXPECT_TRUE(alone.leads());
  EXPECT_TRUE(wait(alone.join()));
  const auto taken = wait(alone.acquire({{}, {}, {"10.0.0.1"}}, rest_of_nodes::kept));
  ASSERT_TRUE(taken);
  EXPECT_TRUE(taken->taken);
  EXPECT_TRUE(wait(alone.worked_on_elsewhere({}))->empty());
  EXPECT_TRUE(wait(alone.held_elsewhere({}))->empty());
  EXPECT_TRUE(wait(alone.release({})));
  EXPECT_TRUE(wait(alone.leave()));
}

}  // namespace
}  // namespace helenus::deployment
