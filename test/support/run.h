#pragma once

#include "base/assert.h"
#include "base/clock.h"
#include "base/task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <optional>

namespace helenus::test {

/// Runs `work` to its end in virtual time. Fails hard when it does not end within `limit`
/// (virtual).
template <class Value>
result<Value> run(boost::asio::io_context& context, base::virtual_clock& clock, task<Value> work,
                  base::clock::duration limit = std::chrono::hours(24 * 365)) {
  std::optional<result<Value>> outcome;
  boost::asio::co_spawn(context, std::move(work),
                        [&outcome](std::exception_ptr unwound, result<Value> value) {
                          if (unwound) std::rethrow_exception(unwound);
                          outcome = std::move(value);
                        });
  clock.run_until(context, clock.now() + limit, [&outcome] { return outcome.has_value(); });
  HELENUS_ASSERT(outcome.has_value());  // the work waits for something that never comes
  return std::move(*outcome);
}

/// Runs `work` to its end in real time: for work on real threads and sockets.
template <class Value>
result<Value> run_blocking(boost::asio::io_context& context, task<Value> work) {
  std::optional<result<Value>> outcome;
  boost::asio::co_spawn(context, std::move(work),
                        [&outcome](std::exception_ptr unwound, result<Value> value) {
                          if (unwound) std::rethrow_exception(unwound);
                          outcome = std::move(value);
                        });
  if (context.stopped()) context.restart();
  while (!outcome && context.run_one() > 0) {
  }
  HELENUS_ASSERT(outcome.has_value());
  return std::move(*outcome);
}

}  // namespace helenus::test
