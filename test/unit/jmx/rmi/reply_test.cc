#include "jmx/rmi/reply.h"

#include "jmx/errc.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

TEST(reply, a_void_answer_is_null) {
  EXPECT_TRUE(reply().outcome()->is_null());
  EXPECT_EQ(reply().exception(), nullptr);
  EXPECT_EQ(reply().boolean().error().code, make_error_code(errc::wrong_type));
}

TEST(reply, a_boolean_is_no_object) {
  EXPECT_TRUE(*reply(true).boolean());
  EXPECT_FALSE(*reply(false).boolean());
  EXPECT_EQ(reply(true).outcome().error().code, make_error_code(errc::wrong_type));
}

TEST(reply, an_exception_is_the_error_of_both) {
  const reply thrown(remote_exception({{"java.lang.NullPointerException", "", {}}}));
  ASSERT_NE(thrown.exception(), nullptr);
  EXPECT_EQ(thrown.exception()->class_name(), "java.lang.NullPointerException");
  EXPECT_EQ(thrown.outcome().error().message(), "remote: java.lang.NullPointerException");
  EXPECT_EQ(thrown.boolean().error().code, make_error_code(errc::remote_exception));
}

}  // namespace
}  // namespace helenus::jmx
