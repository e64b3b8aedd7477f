#include "support/scripted_stream.h"

#include "base/assert.h"
#include "net/errc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>

namespace helenus::test {
namespace {

int digit(char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto found = digits.find(c);
  HELENUS_ASSERT(found != std::string_view::npos);
  return static_cast<int>(found);
}

std::string from_hex(std::string_view text) {
  HELENUS_ASSERT(text.size() % 2 == 0);
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    bytes += static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1]));
  }
  return bytes;
}

}  // namespace

transcript read_transcript(const std::string& file) {
  std::ifstream input(file);
  HELENUS_ASSERT(input.good());
  transcript read;
  for (std::string line; std::getline(input, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    if (line == "connection") {
      read.emplace_back();
    } else {
      HELENUS_ASSERT(line.starts_with("> ") || line.starts_with("< "));
      read.back().push_back({line[0] == '>', from_hex(std::string_view(line).substr(2))});
    }
  }
  return read;
}

scripted_stream::scripted_stream(boost::asio::any_io_executor executor,
                                 std::vector<transcript_turn> turns,
                                 std::shared_ptr<stream_fault> fault, std::size_t chunk)
    : turns_(turns.begin(), turns.end()),
      fault_(std::move(fault)),
      chunk_(chunk),
      read_changed_(executor),
      readable_changed_(executor) {}

task<void> scripted_stream::wait_for(base::event& change) {
  while (open_ && !peer_speaks()) co_await change.wait();
  if (!open_) co_return net::errc::closed;
  co_return result<void>{};
}

/// The fault itself: an error, or silence until we are closed.
task<void> scripted_stream::suffer() {
  using kind = stream_fault::kind;
  if (fault_->what == kind::end_of_stream) co_return net::errc::closed_by_peer;
  if (fault_->what == kind::reset) co_return error{net::errc::connection_lost, "reset"};
  turns_.clear();  // the peer says nothing any more
  while (open_) co_await read_changed_.wait();
  co_return net::errc::closed;
}

task<std::size_t> scripted_stream::read_some(std::span<std::byte> into) {
  if (fault_->strikes()) CO_TRY_VOID(co_await suffer());
  CO_TRY_VOID(co_await wait_for(read_changed_));
  auto& said = turns_.front().bytes;
  const auto size = std::min({into.size(), said.size(), chunk_});
  std::memcpy(into.data(), said.data(), size);
  said.erase(0, size);
  if (said.empty()) turns_.pop_front();
  co_return size;
}

task<void> scripted_stream::write(std::span<const std::byte> bytes) {
  if (!open_) co_return net::errc::closed;
  if (fault_->strikes()) CO_TRY_VOID(co_await suffer());
  const std::string said(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (turns_.empty() || !turns_.front().ours || !turns_.front().bytes.starts_with(said)) {
    // After a fault a client may try things on another connection that nobody recorded.
    if (!fault_->struck()) {
      ADD_FAILURE() << "this was not in the script: " << ::testing::PrintToString(said);
    }
    co_return error{net::errc::connection_lost, "not in the script"};
  }
  turns_.front().bytes.erase(0, said.size());
  if (turns_.front().bytes.empty()) turns_.pop_front();
  read_changed_.set();
  readable_changed_.set();
  co_return result<void>{};
}

task<void> scripted_stream::wait_readable() { return wait_for(readable_changed_); }

bool scripted_stream::quiet() { return open_ && !peer_speaks(); }

task<void> scripted_stream::close() {
  abort();
  co_return result<void>{};
}

void scripted_stream::abort() noexcept {
  open_ = false;
  read_changed_.set();
  readable_changed_.set();
}

}  // namespace helenus::test
