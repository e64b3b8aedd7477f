#include "config/container_variables.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace helenus::config {
namespace {

TEST(container_variables_test, every_variable_and_every_key_is_there_once) {
  std::set<std::string> names;
  std::set<std::string> paths;
  for (const auto all : {container_variables(), cassandra_variables()}) {
    for (const auto& one : all) {
      EXPECT_TRUE(names.insert(one.name).second) << one.name;
      EXPECT_TRUE(paths.emplace(one.path).second) << one.path;
    }
  }
  EXPECT_TRUE(names.contains("REAPER_REPAIR_PARALELLISM")) << "as Reaper spells it";
}

}  // namespace
}  // namespace helenus::config
