#pragma once

#include "base/clock.h"
#include "base/uuid.h"
#include "storage/cassandra/requests.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace helenus::storage::cassandra {

/// A row that only one process at a time may own, for a time that it has to renew. Who owns it is
/// a random number: an address would be somebody else's after the next restart.
struct lock_row {
  std::string table;       ///< with its keyspace
  std::string key_column;  ///< whose value is `key`
  std::string key;
  std::string owner_column;
  std::string holder_column;  ///< for people
  std::string time_column;
  std::chrono::seconds expires;  ///< when it is not renewed
};
/// Of Helenus, and the one under which Reaper changes the schema.
lock_row own_lock(const requests& ask, const std::string& keyspace);
lock_row reaper_lock(const requests& ask, const std::string& keyspace);

/// Takes one lock, keeps it and lets it go.
class schema_lock_keeper {
 public:
  /// `ask` must outlive it.
  schema_lock_keeper(requests& ask, base::clock& clock, lock_row row, base::uuid owner,
                     std::string holder);

  /// Waits until it is ours, and tells whom it waits for and how long at most.
  task<void> take(std::function<void(const std::string&)> tell);
  /// Renews it for ever. Ends with unavailable when it is ours no longer.
  task<void> keep();
  /// Lets go of it, if it is ours; others need not wait until it expires.
  task<void> release();

 private:
  struct holding {
    bool ours = false;
    std::string holder;
    std::chrono::seconds left{0};
  };
  task<bool> decide(std::string text, values with);
  task<bool> try_to_take();
  task<holding> who_has_it();

  requests& ask_;
  base::clock& clock_;
  lock_row row_;
  base::uuid owner_;
  std::string holder_;
};

/// Does `work` while the lock is ours; it is cancelled when the lock is lost.
task<void> while_locked(boost::asio::any_io_executor executor, schema_lock_keeper& lock,
                        task<void> work);

}  // namespace helenus::storage::cassandra
