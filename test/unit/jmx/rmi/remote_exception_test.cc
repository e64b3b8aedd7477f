#include "jmx/rmi/remote_exception.h"

#include "../fixture.h"
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

remote_exception sample(const std::string& name) {
  return remote_exception::read(*read_object(test::catalogue()[name]));
}

TEST(remote_exception, causes_are_followed) {
  const auto thrown = sample("exception");
  ASSERT_EQ(thrown.chain().size(), 2U);
  EXPECT_EQ(thrown.class_name(), "java.lang.RuntimeException");
  EXPECT_EQ(thrown.message(), "outer");
  EXPECT_EQ(thrown.chain()[1].message, "inner");
  EXPECT_NE(thrown.find("java.lang.IllegalStateException"), nullptr);
  EXPECT_EQ(thrown.find("java.lang.Exception"), &thrown.chain()[0]) << "a superclass counts";
  EXPECT_EQ(thrown.find("java.lang.Error"), nullptr);
}

TEST(remote_exception, wrappers_are_looked_through) {
  EXPECT_EQ(sample("MBeanException").real().class_name, "java.io.IOException");
  EXPECT_EQ(sample("RuntimeMBeanException").real().class_name, "java.lang.NullPointerException");
  const auto rejected = sample("ServerException");
  EXPECT_EQ(rejected.real().class_name, "java.io.InvalidClassException");
  EXPECT_TRUE(rejected.from_transport());
  EXPECT_FALSE(sample("MBeanException").from_transport());
  EXPECT_EQ(sample("MBeanException").to_error().message(), "remote: java.io.IOException: disk");
}

TEST(remote_exception, each_error_has_its_code) {
  EXPECT_EQ(sample("NoSuchObjectException").to_error().code, make_error_code(errc::no_such_object));
  EXPECT_EQ(sample("InstanceNotFoundException").to_error().code,
            make_error_code(errc::no_such_mbean));
  EXPECT_EQ(sample("access denied").to_error().code, make_error_code(errc::access_denied));
  EXPECT_EQ(sample("exception").to_error().code, make_error_code(errc::remote_exception));
  EXPECT_TRUE(base::is_transient(sample("NoSuchObjectException").to_error()));
  EXPECT_FALSE(base::is_transient(sample("exception").to_error()));
}

TEST(remote_exception, a_circle_of_causes_ends) {
  EXPECT_LE(sample("circle of causes").chain().size(), 32U);
}

TEST(remote_exception, anything_can_be_thrown) {
  EXPECT_EQ(remote_exception::read(value()).class_name(), "null");
  EXPECT_EQ(sample("String").class_name(), "java.lang.String");
  EXPECT_EQ(sample("with trace").message(), "traced");
}

TEST(remote_exception, messages_of_a_peer_are_made_harmless) {
  const remote_exception thrown({{"a.B", "x\x1b[31m\n" + std::string(5000, 'y'), {}}});
  const auto text = thrown.to_error().message();
  EXPECT_LT(text.size(), 1100U);
  EXPECT_EQ(text.substr(0, 25), "remote: a.B: x\\x1b[31m\\ny");
}

}  // namespace
}  // namespace helenus::jmx
