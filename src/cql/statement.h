#pragma once

#include "cql/value.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace helenus::cql {

/// How many replicas must take part.
enum class consistency : std::uint16_t {
  one = 0x01,
  two = 0x02,
  three = 0x03,
  quorum = 0x04,
  all = 0x05,
  local_quorum = 0x06,
  each_quorum = 0x07,
  local_one = 0x0A,
};
/// Among which replicas a condition (IF) is decided.
enum class serial_consistency : std::uint16_t {
  serial = 0x08,        ///< of all data centers
  local_serial = 0x09,  ///< of the coordinator's data center
};

/// How one request is carried out. What is not given is the session's default.
struct request_options {
  std::optional<cql::consistency> consistency;
  std::optional<cql::serial_consistency> serial_consistency;
  /// Reads at SERIAL or LOCAL_SERIAL, which sees what conditions have decided. Only for SELECT.
  bool serial_read = false;
  std::optional<std::chrono::milliseconds> timeout;  ///< of the whole request, retries included
  std::int32_t page_size = 5'000;                    ///< rows of a page; 1 or more
  /// Twice does the same as once: the driver may send it again, to another node. Never for a
  /// condition, a counter, or a list that grows.
  bool idempotent = false;
  /// A condition (IF) stands in it: an answer without [applied] is malformed.
  bool lightweight = false;
};

/// One statement with the values of its `?`, in their order.
struct statement {
  std::string text;
  std::vector<value> values;
  request_options how;
  std::string paging_state;  ///< rows::paging_state() of the page before; empty: the first page
};

/// Statements that are sent as one.
struct batch {
  enum class kind : std::uint8_t {
    logged = 0,    ///< all or none, in the end
    unlogged = 1,  ///< as independent as if sent alone; atomic within one partition
  };
  struct entry {
    std::string text;
    std::vector<value> values;
  };
  batch::kind kind = kind::logged;
  std::vector<entry> statements;
  request_options how;
};

}  // namespace helenus::cql
