#pragma once

#include "base/clock.h"
#include "cql/session.h"
#include "storage/backend.h"
#include "storage/cassandra/cassandra_options.h"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>

namespace helenus::storage::cassandra {

/// State in Reaper's tables, version 34, and some of our own: any number of instances of Helenus,
/// and for a while of Reaper, work on it together. `session` is connected.
class backend final : public storage::backend {
 public:
  backend(boost::asio::any_io_executor executor, base::clock& clock,
          std::unique_ptr<cql::session> session, std::string keyspace);
  ~backend() override;

  /// Does what the policy says about the schema; nothing else may be called before it has ended
  /// well. Errors: unavailable, newer_schema, foreign.
  task<void> bring_schema(schema_policy policy);

  /// As cql::session::renew(). Errors: unavailable.
  task<void> renew(std::optional<cql::credentials> login,
                   std::shared_ptr<const net::tls_context> tls);

  cluster_store& clusters() override { return *clusters_; }
  run_store& runs() override { return *runs_; }
  segment_store& segments() override { return *segments_; }
  schedule_store& schedules() override { return *schedules_; }
  secret_store& secrets() override { return *secrets_; }
  lease_store* leases() override { return leases_.get(); }
  instance_store* instances() override { return instances_.get(); }
  backend_traits traits() const override { return {.shared = true, .durable = true}; }
  backend_counters counters() const override;
  task<void> close() override { return session_->close(); }

 private:
  struct parts;

  boost::asio::any_io_executor executor_;
  base::clock& clock_;
  std::unique_ptr<cql::session> session_;
  std::string keyspace_;
  std::unique_ptr<parts> parts_;
  std::unique_ptr<cluster_store> clusters_;
  std::unique_ptr<run_store> runs_;
  std::unique_ptr<segment_store> segments_;
  std::unique_ptr<schedule_store> schedules_;
  std::unique_ptr<secret_store> secrets_;
  std::unique_ptr<lease_store> leases_;
  std::unique_ptr<instance_store> instances_;
};

/// Connects. Errors: unavailable.
task<std::unique_ptr<backend>> open(boost::asio::any_io_executor executor, base::clock& clock,
                                    cassandra_options options);

}  // namespace helenus::storage::cassandra
