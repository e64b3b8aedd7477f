#pragma once

#include "base/clock.h"
#include "base/event.h"
#include "net/stream.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::test {

/// One direction's turn in a recorded conversation.
struct transcript_turn {
  bool ours = false;  ///< we say it; otherwise the peer
  std::string bytes;
};

/// A recorded conversation: for each connection, in the order in which they were opened, its turns.
using transcript = std::vector<std::vector<transcript_turn>>;

/// Reads the text form: "connection" begins one; "> HEX" is said by us, "< HEX" by the peer; '#'
/// begins a comment. Aborts on anything else: fixtures are ours.
transcript read_transcript(const std::string& file);

/// What goes wrong at one read or write, counted over all streams that share it.
struct stream_fault {
  enum class kind { none, end_of_stream, reset, silence };
  kind what = kind::none;
  std::size_t at = 0;    ///< which operation, from 0
  std::size_t seen = 0;  ///< operations so far

  /// Counts one operation; whether it is the one that goes wrong.
  bool strikes() { return seen++ == at && what != kind::none; }
  bool struck() const { return what != kind::none && seen > at; }
};

/// A stream that plays the peer's part of a conversation and insists that we play ours: a write of
/// other bytes fails the test.
class scripted_stream final : public net::stream {
 public:
  /// `chunk`: the peer's bytes arrive in pieces of at most this size.
  scripted_stream(boost::asio::any_io_executor executor, std::vector<transcript_turn> turns,
                  std::shared_ptr<stream_fault> fault, std::size_t chunk = 1'000'000);

  task<std::size_t> read_some(std::span<std::byte> into) override;
  task<void> write(std::span<const std::byte> bytes) override;
  task<void> wait_readable() override;
  bool quiet() override;
  task<void> close() override;
  void abort() noexcept override;
  const std::string& peer() const override { return peer_; }

 private:
  bool peer_speaks() const { return !turns_.empty() && !turns_.front().ours; }
  task<void> wait_for(base::event& change);
  task<void> suffer();

  std::deque<transcript_turn> turns_;
  std::shared_ptr<stream_fault> fault_;
  std::size_t chunk_;
  bool open_ = true;
  base::event read_changed_;
  base::event readable_changed_;
  std::string peer_ = "scripted:7199";
};

}  // namespace helenus::test
