#include "api/problem.h"

#include "api/errc.h"
#include "cluster/errc.h"
#include "crypto/errc.h"
#include "http/errc.h"
#include "management/errc.h"
#include "repair/errc.h"
#include "storage/errc.h"
#include "support/captured_log.h"

#include <gtest/gtest.h>

namespace helenus::api {
namespace {

TEST(problem_test, each_kind_of_error_has_its_status) {
  EXPECT_EQ(status_of(errc::bad_parameter), 400);
  EXPECT_EQ(status_of(errc::not_an_integer), 404);
  EXPECT_EQ(status_of(errc::conflict), 409);
  EXPECT_EQ(status_of(repair::errc::unknown_table), 404);
  EXPECT_EQ(status_of(repair::errc::unit_busy), 409);
  EXPECT_EQ(status_of(repair::errc::scheduled), 409);
  EXPECT_EQ(status_of(repair::errc::stopping), 503);
  EXPECT_EQ(status_of(cluster::errc::unknown_cluster), 404);
  EXPECT_EQ(status_of(cluster::errc::unreachable), 500);
  EXPECT_EQ(status_of(storage::errc::full), 503);
  EXPECT_EQ(status_of(storage::errc::superseded), 409);
  EXPECT_EQ(status_of(management::errc::node_unreachable), 500);
  EXPECT_EQ(status_of(crypto::errc::secret_missing), 500);
  EXPECT_EQ(status_of(base::errc::timed_out), 504);
  EXPECT_EQ(status_of(http::errc::bad_target), 400);
  EXPECT_EQ(status_of(http::errc::body_too_large), 413);
}

TEST(problem_test, text_for_people_is_sent_unquoted_under_json) {
  const auto answer = to_response({errc::unknown, "repair run 1 doesn't exist"});
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.body, "repair run 1 doesn't exist");
}

TEST(problem_test, errors_of_the_framework_kind_are_objects) {
  EXPECT_EQ(to_response(errc::not_a_uuid).body, R"({"code":404,"message":"HTTP 404 Not Found"})");
}

TEST(problem_test, an_unexpected_error_is_logged_and_only_its_id_is_shown) {
  test::captured_log log;
  const auto answer = to_response({base::errc::internal, "secret path"});
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
  EXPECT_NE(answer.body.find("It has been logged (ID "), std::string::npos);
  EXPECT_TRUE(log.contains("secret path"));
}

TEST(problem_test, what_may_come_back_says_when_to_ask_again) {
  EXPECT_TRUE(http::find_header(to_response(storage::errc::unavailable).headers, "Retry-After"));
}

}  // namespace
}  // namespace helenus::api
