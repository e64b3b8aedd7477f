#include "jmx/remote/object_name.h"

#include "../fixture.h"
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

object_name named(const char* text) { return object_name::literal(text); }

TEST(object_name, a_name_is_a_domain_and_keys) {
  const auto name = named("org.apache.cassandra.db:type=Tables,keyspace=ks,table=t");
  EXPECT_EQ(name.domain(), "org.apache.cassandra.db");
  EXPECT_EQ(name.value_of("keyspace"), "ks");
  EXPECT_EQ(name.value_of("missing"), "");
  EXPECT_EQ(name.keys().size(), 3U);
  EXPECT_FALSE(name.is_pattern());
}

TEST(object_name, the_order_of_keys_does_not_matter) {
  EXPECT_EQ(named("java.lang:name=Copy,type=GarbageCollector"),
            named("java.lang:type=GarbageCollector,name=Copy"));
  EXPECT_FALSE(named("d:a=1") == named("d:a=2"));
  EXPECT_EQ(named("d:b=1,*,a=2").canonical(), "d:a=2,b=1,*");
}

TEST(object_name, what_a_server_would_refuse_is_refused_here) {
  for (const auto* text : {"", "d", "d:", "d:a", "d:a=1,", "d:=1", "d:a=1,a=2", "d:a=1:2",
                           "d:a=1=2", "d:a=x\"y", "d:a=\"x", "d:a=\"x\\", "d:a=\"x\\q\"",
                           "d:a=\"x\"y", "d\n:a=1", "d:a=1\n", "d:*,*", "d:a*=1", "d:,a=1"}) {
    EXPECT_EQ(object_name::parse(text).error().code, make_error_code(errc::invalid_name)) << text;
  }
  EXPECT_EQ(object_name::parse("d:a=" + std::string(70000, 'x')).error().code,
            make_error_code(errc::invalid_name));
  EXPECT_EQ(object_name::parse("d").error().message(),
            "not an ObjectName: d (the domain must end with a colon)");
}

TEST(object_name, empty_values_and_domains_are_allowed) {
  EXPECT_TRUE(object_name::parse("d:a=").has_value());
  EXPECT_TRUE(object_name::parse(":a=1").has_value());
  EXPECT_TRUE(object_name::parse("d:*").has_value());
}

TEST(object_name, patterns_are_recognised) {
  EXPECT_TRUE(named("d:*").is_pattern());
  EXPECT_TRUE(named("d:a=1,*").is_pattern());
  EXPECT_TRUE(named("d*:a=1").is_pattern());
  EXPECT_TRUE(named("d:a=x?").is_pattern());
  EXPECT_TRUE(named("d:a=\"x*\"").is_pattern());
  EXPECT_FALSE(named("d:a=\"x\\*\"").is_pattern());
}

TEST(object_name, patterns_match_like_java) {
  const auto name = named("org.apache:type=Table,keyspace=ks,name=\"a,b\"");
  EXPECT_TRUE(named("org.apache:type=Table,*").matches(name));
  EXPECT_TRUE(named("org.*:type=T?ble,*").matches(name));
  EXPECT_TRUE(named("*:*").matches(name));
  EXPECT_TRUE(named("org.apache:keyspace=k*,name=*,type=Table").matches(name));
  EXPECT_TRUE(named("org.apache:name=\"a*b\",*").matches(name));
  EXPECT_FALSE(named("org.apache:type=Table").matches(name)) << "further keys need a wildcard";
  EXPECT_FALSE(named("org.apache:type=Table,scope=x,*").matches(name));
  EXPECT_FALSE(named("org.apache:name=\"a\\*b\",*").matches(name));
  EXPECT_FALSE(named("com.*:*").matches(name));
  EXPECT_FALSE(named("org.apache?:*").matches(name));
  EXPECT_TRUE(named("d:a=*b*c").matches(named("d:a=abxbc")));
  EXPECT_FALSE(named("d:a=*b*c").matches(named("d:a=abxb")));
}

TEST(object_name, quoting_goes_both_ways) {
  for (const std::string raw :
       {"", "plain", "a,b=c:d", "say \"hi\"", "back\\slash", "*?", "two\nlines"}) {
    const auto quoted = quote_name_value(raw);
    EXPECT_EQ(*unquote_name_value(quoted), raw);
    const auto name = object_name::parse("d:k=" + quoted);
    ASSERT_TRUE(name.has_value()) << quoted;
    EXPECT_EQ(name->value_of("k"), raw);
    EXPECT_FALSE(name->is_pattern());
  }
  for (const auto* text : {"", "\"", "x", "\"a\"b", "\"*\"", "\"a\nb\""}) {
    EXPECT_FALSE(unquote_name_value(text).has_value()) << text;
  }
  EXPECT_EQ(named("d:k=\"a*\"").value_of("k"), "\"a*\"") << "a pattern has no raw form";
}

TEST(object_name, a_name_from_a_server_is_read) {
  const auto name = object_name::read(*read_object(test::catalogue()["ObjectName"]));
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(name->text(), "d:type=T");
  EXPECT_EQ(object_name::read(value()).error().message(),
            "expected javax.management.ObjectName, got null");
}

TEST(object_name, wildcards_take_no_exponential_time) {
  std::string pattern = "d:a=";
  for (int i = 0; i < 2000; ++i) pattern += "*a";
  const auto name = object_name::parse("d:a=" + std::string(4000, 'a') + "b");
  EXPECT_FALSE(object_name::parse(pattern)->matches(*name));
}

}  // namespace
}  // namespace helenus::jmx
