// What each rule refuses is tested for every backend in test/contract/storage; here: what the
// refusal says, and the arithmetic of splits against a brute-force count.
#include "storage/row_rules.h"

#include "storage/errc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>

namespace helenus::storage {
namespace {

using ::testing::HasSubstr;

base::uuid id(std::uint64_t seed) {
  return base::uuid_source(seed).next(model::wall_time(std::chrono::milliseconds(seed)));
}

model::repair_segment segment(std::vector<model::token_range> ranges, std::size_t seed = 0) {
  model::repair_segment row;
  static const model::run_id run(id(99));
  static const std::array<base::uuid, 5> ids{id(1), id(2), id(3), id(4), id(5)};
  row.id = model::segment_id(ids.at(seed));
  row.run = run;
  row.ranges = std::move(ranges);
  row.replicas =
      std::make_shared<const std::vector<model::replica>>(1, model::replica{"10.0.0.1", "dc1"});
  return row;
}

model::token_range range(long start, long end) { return {model::token(start), model::token(end)}; }

TEST(row_rules, a_refusal_names_the_row_and_the_rule) {
  auto row = segment({range(1, 2)});
  row.end_time = model::wall_time{};
  const auto refused = check(row);
  EXPECT_EQ(refused.error().code, errc::invalid_row);
  EXPECT_THAT(refused.error().message(), HasSubstr(row.id.value().to_string()));
  EXPECT_THAT(refused.error().message(), HasSubstr("end time"));
  EXPECT_FALSE(base::is_transient(refused.error()));
}

/// How often each token of a ring of ten (0 to 9) is covered.
std::map<int, int> coverage(const std::vector<model::token_range>& ranges) {
  std::map<int, int> covered;
  for (const auto& each : ranges) {
    for (int token = 0; token < 10; ++token) {
      if (each.contains(model::token(token))) ++covered[token];
    }
  }
  return covered;
}

TEST(row_rules, a_split_is_accepted_exactly_when_it_covers_the_same_tokens_once) {
  std::mt19937 random(1);
  const auto any_range = [&random] { return range(random() % 10, random() % 10); };
  int accepted = 0;
  for (int round = 0; round < 2000; ++round) {
    const auto old = any_range();
    std::vector<model::token_range> ranges(1 + random() % 3);
    for (auto& each : ranges) each = any_range();
    const long cut = static_cast<long>(random() % 10);
    if (round % 2 == 0 && old.contains(model::token(cut))) {
      ranges = {{old.start, model::token(cut)}, {model::token(cut), old.end}};
    }
    std::vector<model::repair_segment> parts;
    for (const auto& each : ranges) parts.push_back(segment({each}, 1 + parts.size()));
    const bool right = coverage(ranges) == coverage({old});
    EXPECT_EQ(check_split(segment({old}), parts).has_value(), right);
    accepted += right ? 1 : 0;
  }
  EXPECT_GT(accepted, 200);
}

}  // namespace
}  // namespace helenus::storage
