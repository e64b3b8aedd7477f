#include "app/own_address.h"

#include "support/run.h"

#include <boost/asio/ip/address.hpp>

#include <gtest/gtest.h>

namespace helenus::app {
namespace {

TEST(own_address_test, is_an_address_whatever_this_host_is_called) {
  boost::asio::io_context context;
  base::real_clock clock;
  const auto ask = [&]() -> task<std::string> { co_return co_await own_address(clock); };
  const auto address = test::run_blocking(context, ask());
  ASSERT_TRUE(address.has_value());
  boost::system::error_code wrong;
  boost::asio::ip::make_address(*address, wrong);
  EXPECT_FALSE(wrong) << *address;
}

}  // namespace
}  // namespace helenus::app
