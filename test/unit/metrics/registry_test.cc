#include "metrics/registry.h"

#include <gtest/gtest.h>

namespace helenus::metrics {
namespace {

TEST(registry_test, writes_labels_with_the_comma_that_scrapers_of_reaper_match) {
  registry all;
  all.level("millis", "Since.", {{"keyspace", "k"}, {"cluster", "c"}}).set(1.5);
  EXPECT_EQ(
      all.text(),
      "# HELP millis Since.\n# TYPE millis gauge\nmillis{cluster=\"c\",keyspace=\"k\",} 1.5\n");
}

TEST(registry_test, the_same_name_and_labels_are_the_same_metric) {
  registry all;
  all.count("done", "Done.").add();
  all.count("done", "Done.").add(2);
  EXPECT_EQ(all.count("done", "Done.").value(), 3);
}

TEST(registry_test, a_removed_metric_is_not_written_and_neither_is_its_empty_family) {
  registry all;
  all.level("x", "X.", {{"id", "1"}});
  all.level("x", "X.", {{"id", "2"}});
  all.remove("x", {{"id", "1"}});
  EXPECT_EQ(all.text(), "# HELP x X.\n# TYPE x gauge\nx{id=\"2\",} 0\n");
  all.remove("x", {{"id", "2"}});
  all.remove("y", {});
  EXPECT_EQ(all.text(), "");
}

TEST(registry_test, only_the_families_asked_for_are_written) {
  registry all;
  all.level("a", "A.");
  all.level("b", "B.");
  EXPECT_EQ(all.text({"b"}), "# HELP b B.\n# TYPE b gauge\nb 0\n");
}

}  // namespace
}  // namespace helenus::metrics
