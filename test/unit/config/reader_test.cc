#include "config/load.h"

#include <gtest/gtest.h>

namespace helenus::config {
namespace {

/// What is wrong with a text, as a person sees it.
std::string complaint(std::string_view text) {
  const auto outcome =
      parse(text, [](const std::string&) -> std::optional<std::string> { return std::nullopt; });
  const auto* wrong = std::get_if<std::vector<problem>>(&outcome);
  return wrong ? to_text("f", *wrong) : "";
}

TEST(reader_test, each_kind_of_value_says_what_it_accepts) {
  EXPECT_EQ(complaint("incrementalRepair: yes"),
            "f:1: incrementalRepair: \"yes\": true or false is accepted\n");
  EXPECT_EQ(complaint("repairIntensity: 0"),
            "f:1: repairIntensity: \"0\": a number above 0 and at most 1 is accepted\n");
  EXPECT_EQ(complaint("repairParallelism: all"),
            "f:1: repairParallelism: \"all\": accepted: SEQUENTIAL PARALLEL DATACENTER_AWARE\n");
  EXPECT_EQ(complaint("server: {shutdownGracePeriod: soon}"),
            "f:1: server.shutdownGracePeriod: \"soon\": a duration such as 30s, 5m or PT30S, from "
            "0 us to 24 h, is accepted\n");
  EXPECT_EQ(complaint("server: {adminConnectors: [{maxRequestHeaderSize: 1}]}"),
            "f:1: server.adminConnectors[0].maxRequestHeaderSize: \"1\": a size such as 8KiB or "
            "1MB, from 1024 to 1048576 bytes, is accepted\n");
}

TEST(reader_test, a_value_of_the_wrong_shape_is_reported_where_it_stands) {
  EXPECT_EQ(complaint("server: 3"), "f:1: server: \"3\": a block of keys and values is accepted\n");
  EXPECT_EQ(complaint("server:\n  adminConnectors: {}"),
            "f:2: server.adminConnectors: a list is accepted\n");
  EXPECT_EQ(complaint("persistenceStoragePath: [a]"),
            "f:1: persistenceStoragePath: a text is accepted\n");
}

TEST(reader_test, a_key_that_is_nearly_right_is_suggested) {
  EXPECT_EQ(complaint("server: {aplicationConectors: []}"),
            "f:1: server.aplicationConectors: unknown key; did you mean applicationConnectors?\n");
}

}  // namespace
}  // namespace helenus::config
