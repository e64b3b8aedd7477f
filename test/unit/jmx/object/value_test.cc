#include "jmx/object/value.h"

#include "../fixture.h"
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>

namespace helenus::jmx {
namespace {

value sample(const std::string& name) {
  auto read = read_object(test::catalogue()[name]);
  EXPECT_TRUE(read.has_value()) << name << ": " << read.error().message();
  return read ? *read : value();
}

TEST(value, integers_are_read_from_every_box) {
  EXPECT_EQ(*sample("Byte").as_int(), -5);
  EXPECT_EQ(*sample("Short").as_int(), -300);
  EXPECT_EQ(*sample("Integer").as_int(), -70000);
  EXPECT_EQ(*sample("AtomicInteger").as_int(), 41);
  EXPECT_EQ(*sample("Integer").as_long(), -70000);
  EXPECT_EQ(*sample("Long").as_long(), std::int64_t{1} << 40);
  EXPECT_EQ(*sample("AtomicLong").as_long(), std::int64_t{1} << 33);
}

TEST(value, reals_and_truths_are_read_from_their_boxes) {
  EXPECT_EQ(*sample("Float").as_double(), 1.5);
  EXPECT_EQ(*sample("Double").as_double(), -2.25);
  EXPECT_EQ(*sample("Integer").as_double(), -70000);
  EXPECT_EQ(*sample("Long").as_double(), std::pow(2.0, 40));
  EXPECT_TRUE(*sample("Boolean").as_bool());
  EXPECT_TRUE(*sample("AtomicBoolean").as_bool());
}

TEST(value, a_number_is_not_narrowed_silently) {
  EXPECT_EQ(sample("Long").as_int().error().message(),
            "expected a java.lang.Integer, got java.lang.Long");
  EXPECT_EQ(sample("Double").as_long().error().message(),
            "expected a java.lang.Long, got java.lang.Double");
}

TEST(value, every_wrong_type_says_what_was_expected_and_what_came) {
  const auto text = sample("String");
  const auto expect = [&](const auto& outcome, const char* message) {
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code, make_error_code(errc::wrong_type));
    EXPECT_EQ(outcome.error().message(), message);
  };
  expect(text.entries(), "expected a java.util.Map, got java.lang.String");
  expect(text.elements(), "expected a java.util.Collection, got java.lang.String");
  expect(text.as_bool(), "expected a java.lang.Boolean, got java.lang.String");
  expect(text.as_double(), "expected a java.lang.Double, got java.lang.String");
  expect(text.as_uuid(), "expected a java.util.UUID, got java.lang.String");
  expect(text.as_time(), "expected a java.util.Date, got java.lang.String");
  expect(text.as_enum(), "expected an enum constant, got java.lang.String");
  expect(text.as_address(), "expected a java.net.InetAddress, got java.lang.String");
  expect(text.as_bytes(), "expected a byte[], got java.lang.String");
  expect(text.as_decimal(), "expected an integer, got java.lang.String");
  expect(value().as_string(), "expected a java.lang.String, got null");
  expect(sample("String[]").as_strings(), "expected a java.lang.String, got null");
  expect(sample("double[]").as_longs(), "expected a long[], got [D");
  expect(sample("int[]").as_bytes(), "expected a byte[], got [I");
  expect(text.field("x"), "no reference field x in java.lang.String");
  expect(text.long_field("x"), "no integral field x in java.lang.String");
}

TEST(value, strings_arrive_as_utf8) {
  const std::string zero(1, '\0');
  EXPECT_EQ(*sample("String").as_string(), "gr\u00fc\u00df" + zero + "\U0001f600\ufffd!");
  EXPECT_EQ(*sample("URI").as_string(), "http://example.org/x");
  EXPECT_EQ(*sample("File").as_string(), "/var/lib");
  EXPECT_EQ(*sample("Pattern").as_string(), "a+");
}

TEST(value, big_integers_are_decimal_text) {
  EXPECT_EQ(*sample("BigInteger").as_decimal(), "170141183460469231731687303715884105728");
  EXPECT_EQ(*sample("negative BigInteger").as_decimal(), "-1180591620717411303424");
  EXPECT_EQ(*sample("zero BigInteger").as_decimal(), "0");
  EXPECT_EQ(*sample("Long").as_decimal(), "1099511627776");
}

TEST(value, ids_and_times_have_types) {
  using std::chrono::milliseconds;
  EXPECT_EQ(sample("UUID").as_uuid()->to_string(), "00112233-4455-6677-8899-aabbccddeeff");
  EXPECT_EQ(sample("Date").as_time()->time_since_epoch(), milliseconds(1700000000123));
  EXPECT_EQ(sample("Timestamp").as_time()->time_since_epoch() / milliseconds(1000),
            milliseconds(1700000000123) / milliseconds(1000));
  EXPECT_EQ(sample("Instant").as_time()->time_since_epoch(), milliseconds(1700000000005));
  EXPECT_EQ(sample("Instant unframed").as_time()->time_since_epoch(), milliseconds(1700000000005));
  EXPECT_EQ(sample("Duration unframed").as_time().error().message(),
            "expected a java.time.Instant, got java.time.Ser");
}

TEST(value, addresses_are_numeric_text) {
  EXPECT_EQ(*sample("Inet4Address").as_address(), "10.0.0.200");
  EXPECT_EQ(*sample("Inet6Address").as_address(), "2001:db8::1");
  EXPECT_EQ(*sample("InetSocketAddress").as_address(), "127.0.0.2");
}

TEST(value, enums_are_their_names) {
  EXPECT_EQ(*sample("enum").as_enum(), "RED");
  EXPECT_EQ(*sample("enum with body").as_enum(), "GREEN");
  EXPECT_EQ(sample("enum").type_name(), "MakeCatalogue$Color");
  EXPECT_EQ(sample("Class").kind(), value_kind::type);
  EXPECT_EQ(sample("Class").type_name(), "java.lang.Class");
}

TEST(value, primitive_arrays_are_vectors) {
  EXPECT_EQ(*sample("byte[]").as_bytes(), "\x01\xff");
  EXPECT_EQ(*sample("byte[]").as_longs(), (std::vector<std::int64_t>{1, -1}));
  EXPECT_EQ(*sample("short[]").as_longs(), (std::vector<std::int64_t>{-3}));
  EXPECT_EQ(*sample("int[]").as_longs(), (std::vector<std::int64_t>{1, -2}));
  EXPECT_EQ(*sample("long[]").as_longs(),
            (std::vector<std::int64_t>{1, std::numeric_limits<std::int64_t>::min()}));
  EXPECT_EQ(*sample("boolean[]").as_longs(), (std::vector<std::int64_t>{1, 0}));
  EXPECT_EQ(*sample("char[]").as_longs(), (std::vector<std::int64_t>{'a', 'b'}));
  EXPECT_EQ(*sample("float[]").as_doubles(), (std::vector<double>{0.25}));
  const auto doubles = *sample("double[]").as_doubles();
  EXPECT_EQ(doubles[0], 0.5);
  EXPECT_TRUE(std::isnan(doubles[1]));
  EXPECT_EQ(sample("int[][]").elements()->size(), 2U);
}

TEST(value, superclasses_count_as_types) {
  const auto object = sample("NoSuchObjectException");
  EXPECT_TRUE(object.is_a("java.rmi.NoSuchObjectException"));
  EXPECT_TRUE(object.is_a("java.lang.Throwable"));
  EXPECT_FALSE(object.is_a("java.lang.Error"));
  EXPECT_TRUE(sample("String").is_a("java.lang.String"));
}

TEST(value, values_outlive_the_reader_and_each_other) {
  value element;
  {
    const auto list = sample("ArrayList");
    element = list.elements()->at(1);
  }
  EXPECT_EQ(*element.as_string(), "b");
}

}  // namespace
}  // namespace helenus::jmx
