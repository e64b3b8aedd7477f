#pragma once

#include "model/repair_segment.h"
#include "sqlite/connection.h"

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

namespace helenus::storage::sqlite {

using helenus::sqlite::connection;

/// The replica sets of one run while segments are read: each is read once and shared.
class replica_set_reader {
 public:
  replica_set_reader(connection& db, std::int64_t run) : db_(db), run_(run) {}
  /// corrupt when the run has no set of this number.
  result<model::replica_set> find(std::int64_t number);

 private:
  connection& db_;
  std::int64_t run_;
  std::unordered_map<std::int64_t, model::replica_set> known_;
};

/// The replica sets of one run while segments are written: equal ones get one number.
class replica_set_writer {
 public:
  /// Numbers start above those that the run has.
  static result<replica_set_writer> after_stored(connection& db, std::int64_t run);
  result<std::int64_t> number_of(const model::replica_set& replicas);

 private:
  replica_set_writer(connection& db, std::int64_t run, std::int64_t last)
      : db_(db), run_(run), last_(last) {}

  connection& db_;
  std::int64_t run_;
  std::int64_t last_;
  std::map<std::vector<model::replica>, std::int64_t> numbers_;
};

}  // namespace helenus::storage::sqlite
