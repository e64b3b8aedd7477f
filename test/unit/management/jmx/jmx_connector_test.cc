#include "management/jmx/jmx_connector.h"

#include <gtest/gtest.h>

namespace helenus::management::jmx {
namespace {

TEST(target_of_test, the_most_specific_port_and_address_win) {
  jmx_management_options options;
  model::cluster cluster;
  cluster.name = "c";
  cluster.jmx_port = 7200;
  EXPECT_EQ(net::to_text(target_of(options, cluster, "10.0.0.1").endpoint), "10.0.0.1:7200");
  options.ports["10.0.0.1"] = 7301;
  EXPECT_EQ(net::to_text(target_of(options, cluster, "10.0.0.1").endpoint), "10.0.0.1:7301");
  options.translations["10.0.0.1"] = {"gate", 0};
  EXPECT_EQ(net::to_text(target_of(options, cluster, "10.0.0.1").endpoint), "gate:7301");
  options.translations["10.0.0.1"] = {"gate", 17199};
  EXPECT_EQ(net::to_text(target_of(options, cluster, "10.0.0.1").endpoint), "gate:17199");
  EXPECT_EQ(net::to_text(target_of(options, cluster, "10.0.0.2").endpoint), "10.0.0.2:7200");
}

TEST(target_of_test, with_one_host_every_address_is_there) {
  jmx_management_options options;
  options.only_host = "127.0.0.1";
  options.ports = {{"10.0.0.1", 7301}, {"127.0.0.1", 7100}};
  EXPECT_EQ(net::to_text(target_of(options, {}, "10.0.0.1").endpoint), "127.0.0.1:7100");
}

}  // namespace
}  // namespace helenus::management::jmx
