#pragma once

#include "net/endpoint.h"

#include <chrono>
#include <string>

namespace helenus::app {

struct register_arguments {
  std::string seeds;      ///< "host:port,host:port": a node of each cluster, with its JMX port
  net::endpoint service;  ///< where the daemon's application port is
  std::chrono::seconds wait{600};
};

/// `helenus register-clusters`: tells a running daemon of clusters and ends; its exit code.
int register_clusters(const register_arguments& arguments);

}  // namespace helenus::app
