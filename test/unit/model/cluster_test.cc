#include "model/cluster.h"

#include <gtest/gtest.h>

namespace helenus::model {
namespace {

TEST(cluster_test, the_symbolic_name_keeps_small_letters_digits_and_three_signs) {
  EXPECT_EQ(symbolic_name("Test Cluster"), "testcluster");
  EXPECT_EQ(symbolic_name("prod_1.eu-west"), "prod_1.eu-west");
  EXPECT_EQ(symbolic_name("\xc3\xbc"
                          "ber/All"),
            "berall");
  EXPECT_EQ(symbolic_name(""), "");
}

}  // namespace
}  // namespace helenus::model
