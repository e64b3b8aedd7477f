#include "storage/cassandra/columns.h"

#include "storage/errc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace helenus::storage::cassandra {
namespace {

model::token_range range(model::int128 start, model::int128 end) {
  return {model::token(start), model::token(end)};
}

TEST(text_column, leaves_utf8_as_it_is) {
  for (const std::string text :
       {"", "plain", "gr\xc3\xbc\xc3\x9f", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
    EXPECT_EQ(text_column(text), text);
    EXPECT_EQ(text_from(text), text);
  }
  const std::string zero("with a \0 inside", 15);
  EXPECT_EQ(text_column(zero), zero);
}

TEST(text_column, keeps_every_byte_of_what_is_not_utf8) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const std::vector<std::string> texts{
      all,        "op \xff not UTF-8", "\xc3",         "\xed\xa0\x80",
      "\xc0\x80", "\xf4\x90\x80\x80",  "\xee\xba\x80", "a\xee\xbb\xbf\xff"};
  for (const auto& text : texts) {
    const auto column = text_column(text);
    EXPECT_EQ(text_from(column), text);
    EXPECT_EQ(text_column(text_from(column)), column);
  }
  EXPECT_EQ(text_column("\xff"), "\xee\xbb\xbf");
}

TEST(ranges_column, is_what_reaper_writes) {
  EXPECT_EQ(ranges_column({range(-9223372036854775807LL - 1, -9100000000000000000LL), range(5, 9)}),
            R"([{"start":-9223372036854775808,"end":-9100000000000000000},{"start":5,"end":9}])");
}

TEST(ranges_column, comes_back) {
  const std::vector<model::token_range> largest{
      {model::minimum_token(model::partitioner::random),
       model::maximum_token(model::partitioner::random)},
      {model::minimum_token(model::partitioner::murmur3),
       model::maximum_token(model::partitioner::murmur3)}};
  EXPECT_EQ(*ranges_from(ranges_column(largest)), largest);
}

TEST(ranges_column, is_read_with_quoted_numbers_and_spaces_too) {
  const std::vector<model::token_range> wanted{range(-1, 2)};
  EXPECT_EQ(*ranges_from(R"([ { "start" : "-1" , "end" : "2" } ])"), wanted);
  EXPECT_EQ(*ranges_from(R"([{"end":2,"start":-1,"more":7}])"), wanted);
}

TEST(ranges_column, is_refused_when_it_is_none) {
  for (const auto* json :
       {"", "[]", "{}", "null", "[1]", R"([{"start":1}])", R"([{"start":1,"end":"x"}])",
        R"([{"start":1,"end":99999999999999999999999999999999999999999}])",
        R"([{"start":1,"end":2}])"
        "x",
        "-", "[{\"start\":-,\"end\":1}]"}) {
    const auto read = ranges_from(json);
    ASSERT_FALSE(read) << json;
    EXPECT_EQ(read.error().code, errc::corrupt);
  }
}

TEST(replicas_column, comes_back_sorted) {
  const std::vector<model::replica> replicas{{"10.0.0.1", "dc1"}, {"fd00::4", "dc2"}};
  EXPECT_EQ(replicas_from(replicas_column(replicas)), replicas);
}

TEST(parallelism_column, has_the_names_of_the_option) {
  using enum model::repair_parallelism;
  EXPECT_EQ(parallelism_column(datacenter_aware), "dc_parallel");
  for (const auto value : {sequential, parallel, datacenter_aware}) {
    EXPECT_EQ(parallelism_from(parallelism_column(value)), value);
  }
  EXPECT_EQ(parallelism_from("DATACENTER_AWARE"), sequential);
}

TEST(cluster_state_column, is_null_for_unknown) {
  using enum model::cluster_state;
  for (const auto state : {unknown, active, unreachable}) {
    EXPECT_EQ(*cluster_state_from(cluster_state_column(state)), state);
  }
  EXPECT_EQ(cluster_state_column(unknown), std::nullopt);
  EXPECT_EQ(*cluster_state_from("UNKNOWN"), unknown);
  EXPECT_EQ(cluster_state_from("BROKEN").error().code, errc::corrupt);
}

TEST(properties_column, is_what_reaper_writes) {
  EXPECT_EQ(properties_column({}), R"({"jmxPort":7199,"jmxCredentials":null})");
  EXPECT_EQ(properties_column({7299, jmx_credentials{"u", base::secret("{cipher}00FF")}}),
            R"({"jmxPort":7299,"jmxCredentials":{"username":"u","password":"{cipher}00FF"}})");
}

TEST(properties_column, comes_back) {
  const auto read = *properties_from(
      properties_column({7299, jmx_credentials{"u \"q\"", base::secret("{cipher}00FF")}}));
  EXPECT_EQ(read.jmx_port, 7299);
  ASSERT_TRUE(read.credentials);
  EXPECT_EQ(read.credentials->username, "u \"q\"");
  EXPECT_EQ(read.credentials->password.reveal(), "{cipher}00FF");
  for (const auto& json : {std::optional<std::string>(properties_column({})), {}}) {
    EXPECT_EQ(properties_from(json)->jmx_port, 7199);
    EXPECT_FALSE(properties_from(json)->credentials);
  }
  const auto later = *properties_from(R"({"jmxPort":7300,"later":[]})");
  EXPECT_EQ(later.jmx_port, 7300);
  EXPECT_FALSE(later.credentials);
}

TEST(properties_column, never_shows_what_is_wrong_with_it) {
  for (const auto* json :
       {"", "[]", R"({"jmxPort":0})", R"({"jmxPort":"x"})",
        R"({"jmxCredentials":{"username":"u","password":7}})", R"({"jmxCredentials":"hunter2"})"}) {
    const auto read = properties_from(json);
    ASSERT_FALSE(read) << json;
    EXPECT_THAT(read.error().message(), Not(::testing::HasSubstr("hunter2")));
  }
}

}  // namespace
}  // namespace helenus::storage::cassandra
