#include "base/result.h"

#include <boost/asio/error.hpp>

#include <gtest/gtest.h>

namespace helenus::base {
namespace {

result<int> half(int number) {
  if (number % 2 != 0) return error{errc::invalid_argument, "odd"};
  return number / 2;
}

result<int> quarter(int number) {
  TRY(first, half(number));
  TRY(second, half(first));
  return second;
}

TEST(result_test, try_gives_the_value_or_returns_the_error) {
  EXPECT_EQ(*quarter(12), 3);
  EXPECT_EQ(quarter(6).error().message(), "odd");
  EXPECT_EQ(quarter(6).error().code, errc::invalid_argument);
}

TEST(result_test, without_detail_the_message_is_the_sentence_of_the_code) {
  EXPECT_EQ(error(errc::limit_exceeded).message(), "limit exceeded");
}

TEST(result_test, context_is_put_in_front) {
  const auto failure = with_context(error(errc::not_found, "no such table"), "planning");
  EXPECT_EQ(failure.message(), "planning: no such table");
  EXPECT_EQ(failure.code, errc::not_found);
}

TEST(result_test, only_what_may_pass_by_itself_is_transient) {
  EXPECT_TRUE(is_transient(errc::timed_out));
  EXPECT_FALSE(is_transient(errc::invalid_argument));
  EXPECT_TRUE(is_transient(error(boost::asio::error::connection_refused)));
  EXPECT_FALSE(is_transient(error(boost::asio::error::access_denied)));
}

TEST(result_test, taking_a_value_from_an_error_ends_the_process) {
  const result<int> failed = errc::not_found;
  EXPECT_DEATH(static_cast<void>(failed.value()), "result has a value");
}

}  // namespace
}  // namespace helenus::base
