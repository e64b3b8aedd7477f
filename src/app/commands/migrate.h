#pragma once

#include <chrono>
#include <string>

namespace helenus::app {

struct migrate_arguments {
  std::string configuration_file;  ///< empty: defaults
  std::string replication;         ///< empty: the keyspace is not made; "auto", or "dc1:3,dc2:2"
  std::chrono::seconds wait{600};  ///< for Cassandra, and for others that migrate
  bool dry_run = false;
};

// Exit codes, for a Job: what is not listed in its podFailurePolicy is worth another try.
constexpr int exit_migrated = 0;
constexpr int exit_try_again = 1;
constexpr int exit_wrong_usage = 64;
constexpr int exit_cannot_migrate = 65;  ///< never with this version and this keyspace

/// `helenus migrate`: brings the storage's schema to its version and ends; returns its exit code.
int migrate(const migrate_arguments& arguments);

/// What is wrong with a text for migrate_arguments::replication; empty when nothing is.
std::string wrong_replication(const std::string& text);

}  // namespace helenus::app
