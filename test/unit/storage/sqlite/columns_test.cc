#include "storage/sqlite/columns.h"

#include "fuzz/storage/columns.h"
#include "storage/errc.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace helenus::storage::sqlite {
namespace {

TEST(columns, names_come_back_whatever_they_hold) {
  const std::vector<std::string> names{"plain",
                                       "",
                                       "a \"quote\", a \\ and a [",
                                       "\xff\xfe",
                                       std::string("nul \0 inside", 12),
                                       "gr\xc3\xbc\xc3\x9f"};
  EXPECT_EQ(*names_from(column_of(names)), names);
  EXPECT_TRUE(names_from(column_of(std::vector<std::string>{}))->empty());
}

TEST(columns, refuses_what_is_no_list_of_names) {
  for (const auto* text : {"", "x", "{}", "[1]", "[\"a\"", "[\"a\"] x", "[[\"a\"]]", "null"}) {
    EXPECT_EQ(names_from(text).error().code, errc::corrupt) << text;
  }
}

TEST(columns, replicas_come_back) {
  const std::vector<model::replica> replicas{{"10.0.0.1", "dc1"}, {"fd00::1", "a \"dc\""}};
  EXPECT_EQ(*replicas_from(column_of(replicas)), replicas);
}

TEST(columns, refuses_what_is_no_list_of_replicas) {
  for (const auto* text : {"", "[\"a\"]", "[[\"a\"]]", "[[\"a\",\"b\",\"c\"]]", "[[\"a\",1]]"}) {
    EXPECT_EQ(replicas_from(text).error().code, errc::corrupt) << text;
  }
}

TEST(columns, ranges_come_back_up_to_the_ends_of_both_rings) {
  using model::partitioner;
  std::vector<model::token_range> ranges;
  for (const auto kind : {partitioner::murmur3, partitioner::random}) {
    ranges.push_back({model::minimum_token(kind), model::maximum_token(kind)});
    ranges.push_back({model::maximum_token(kind), model::minimum_token(kind)});
  }
  EXPECT_EQ(*ranges_from(column_of(ranges)), ranges);
}

TEST(columns, refuses_what_is_no_list_of_ranges) {
  for (const auto* text : {"", " ", "1", "1:", ":1", "1:2:3", "1:2 ", " 1:2", "1:2  3:4", "1:2 3",
                           "a:b", "1:+2", "1:99999999999999999999999999999999999999999"}) {
    const auto read = ranges_from(text);
    if (std::string_view(text) == "1:2 ") {
      EXPECT_TRUE(read) << "a space at the end separates nothing";
      continue;
    }
    EXPECT_EQ(read.error().code, errc::corrupt) << text;
  }
}

TEST(columns, a_uuid_has_sixteen_bytes) {
  const base::uuid id = base::uuid_source(3).next(model::wall_time{});
  EXPECT_EQ(*uuid_from(id.bytes()), id);
  EXPECT_EQ(uuid_from(helenus::sqlite::blob(id.bytes()).first(15)).error().code, errc::corrupt);
  EXPECT_EQ(uuid_from({}).error().code, errc::corrupt);
}

TEST(columns, times_are_milliseconds) {
  const model::wall_time time(std::chrono::milliseconds(-1234567));
  EXPECT_EQ(column_of(time), -1234567);
  EXPECT_EQ(time_from(column_of(time)), time);
  EXPECT_EQ(column_of(std::optional<model::wall_time>{}), std::nullopt);
}

TEST(columns, states_of_clusters_are_words) {
  for (const auto state : {model::cluster_state::unknown, model::cluster_state::active,
                           model::cluster_state::unreachable}) {
    EXPECT_EQ(*cluster_state_from(column_of(state)), state);
  }
  EXPECT_EQ(cluster_state_from("active").error().code, errc::corrupt);
}

TEST(columns, what_the_fuzzer_found_stays_harmless) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(HELENUS_TEST_DIR "/fuzz/corpus/storage_columns")) {
    std::ifstream file(entry.path(), std::ios::binary);
    fuzz::parse_columns(std::string(std::istreambuf_iterator<char>(file), {}));
    ++files;
  }
  EXPECT_GT(files, 0);
}

}  // namespace
}  // namespace helenus::storage::sqlite
