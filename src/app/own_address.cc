#include "app/own_address.h"

#include "base/task.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/host_name.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace helenus::app {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;

namespace {

constexpr auto answer_limit = 2s;

task<std::string> look_up(std::string name) {
  tcp::resolver resolver(co_await boost::asio::this_coro::executor);
  const auto [failure, found] =
      co_await resolver.async_resolve(name, "", boost::asio::as_tuple(boost::asio::use_awaitable));
  if (failure == boost::asio::error::operation_aborted) {
    throw boost::system::system_error(failure);
  }
  if (failure || found.empty()) co_return error{base::errc::not_found, failure.message()};
  co_return found.begin()->endpoint().address().to_string();
}

}  // namespace

boost::asio::awaitable<std::string> own_address(base::clock& clock) {
  boost::system::error_code unknown;
  auto name = boost::asio::ip::host_name(unknown);
  if (unknown) co_return "127.0.0.1";
  const auto found = co_await base::with_timeout(clock, look_up(std::move(name)), answer_limit,
                                                 "the address of this host");
  co_return found ? *found : "127.0.0.1";
}

}  // namespace helenus::app
