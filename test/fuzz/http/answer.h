#pragma once

#include "base/assert.h"
#include "http/client.h"
#include "net/errc.h"
#include "support/run.h"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace helenus::http::fuzz {

/// A peer that takes every request, says its bytes in pieces, and closes.
class talker final : public net::stream {
 public:
  talker(std::string_view says, std::size_t piece) : says_(says), piece_(piece) {}

  task<std::size_t> read_some(std::span<std::byte> into) override {
    const auto size = std::min({says_.size(), piece_, into.size()});
    if (size == 0) co_return net::errc::closed_by_peer;
    std::memcpy(into.data(), says_.data(), size);
    says_.remove_prefix(size);
    co_return size;
  }
  task<void> write(std::span<const std::byte>) override { co_return result<void>{}; }
  task<void> wait_readable() override { co_return result<void>{}; }
  bool quiet() override { return says_.empty(); }
  task<void> close() override { co_return result<void>{}; }
  void abort() noexcept override {}
  const std::string& peer() const override { return peer_; }

 private:
  std::string_view says_;
  std::size_t piece_;
  std::string peer_ = "talker:80";
};

/// Asks a peer once: the first byte chooses the method and how the rest is cut, the rest is what
/// the peer answers.
inline void read_answer(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto choice = static_cast<unsigned char>(bytes[0]);
  talker peer(bytes.substr(1), 1 + (choice >> 1) * std::size_t{4});
  const client_options limits{.host = "talker", .max_body_bytes = 2000, .max_head_bytes = 1000};
  const auto verb = (choice & 1) != 0 ? method::head : method::get;
  boost::asio::io_context context(1);
  const auto answer =
      test::run_blocking(context, exchange(peer, limits, {.verb = verb, .raw_target = "/"}));
  if (!answer) return;
  HELENUS_ASSERT(answer->body.size() <= limits.max_body_bytes);
  HELENUS_ASSERT(verb != method::head || answer->body.empty());
  std::size_t head = 0;
  for (const auto& field : answer->headers) head += field.name.size() + field.value.size();
  // The head, and what follows the last chunk.
  HELENUS_ASSERT(head <= std::size_t{2} * limits.max_head_bytes);
}

}  // namespace helenus::http::fuzz
