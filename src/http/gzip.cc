#include "http/gzip.h"

#include "base/assert.h"
#include "http/errc.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#define ZLIB_CONST  // what it reads is not changed
#include <zlib.h>

#include <algorithm>

namespace helenus::http {

namespace asio = boost::asio;

namespace {

constexpr int window_bits = 15;
constexpr int with_gzip_frame = 16;
constexpr int memory_level = 8;
/// Between two pieces others work: about a millisecond.
constexpr std::size_t piece_bytes = 64 * 1024;

Bytef* bytes_of(std::string& text) { return reinterpret_cast<Bytef*>(text.data()); }

const Bytef* bytes_of(std::string_view text) { return reinterpret_cast<const Bytef*>(text.data()); }

class deflater {
 public:
  deflater() {
    const int made = deflateInit2(&state_, Z_BEST_SPEED, Z_DEFLATED, window_bits + with_gzip_frame,
                                  memory_level, Z_DEFAULT_STRATEGY);
    HELENUS_ASSERT(made == Z_OK);  // only without memory
  }
  ~deflater() { deflateEnd(&state_); }
  deflater(const deflater&) = delete;
  deflater& operator=(const deflater&) = delete;

  void write(std::string_view piece, bool last, std::string& into) {
    state_.next_in = bytes_of(piece);
    state_.avail_in = static_cast<uInt>(piece.size());
    int outcome = Z_OK;
    do {
      const auto size = into.size();
      into.resize(size + piece_bytes);
      state_.next_out = bytes_of(into) + size;
      state_.avail_out = static_cast<uInt>(piece_bytes);
      outcome = deflate(&state_, last ? Z_FINISH : Z_NO_FLUSH);
      into.resize(into.size() - state_.avail_out);
    } while (outcome == Z_OK && state_.avail_out == 0);
    HELENUS_ASSERT(outcome == (last ? Z_STREAM_END : Z_OK) || outcome == Z_BUF_ERROR);
  }

 private:
  z_stream state_{};
};

class inflater {
 public:
  inflater() {
    const int made = inflateInit2(&state_, window_bits + with_gzip_frame);
    HELENUS_ASSERT(made == Z_OK);
  }
  ~inflater() { inflateEnd(&state_); }
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;

  result<std::string> read(std::string_view body, std::uint64_t most) {
    std::string out;
    state_.next_in = bytes_of(body);
    state_.avail_in = static_cast<uInt>(body.size());
    for (;;) {
      const auto size = out.size();
      // One byte more than allowed shows that there is more.
      out.resize(size + std::min<std::uint64_t>(piece_bytes, most - size + 1));
      state_.next_out = bytes_of(out) + size;
      state_.avail_out = static_cast<uInt>(out.size() - size);
      const int outcome = inflate(&state_, Z_NO_FLUSH);
      out.resize(out.size() - state_.avail_out);
      if (out.size() > most) return errc::body_too_large;
      if (outcome == Z_STREAM_END) {
        if (state_.avail_in == 0) return out;
        inflateReset(&state_);  // the next member
      } else if (outcome != Z_OK) {
        return error{errc::bad_message, "the body is not a complete gzip stream"};
      }
    }
  }

 private:
  z_stream state_{};
};

}  // namespace

task<std::string> gzip(std::string body) {
  const auto executor = co_await asio::this_coro::executor;
  deflater packer;
  std::string packed;
  packed.reserve(body.size() / 4);
  std::string_view rest = body;
  for (;;) {
    const auto piece = rest.substr(0, piece_bytes);
    rest.remove_prefix(piece.size());
    packer.write(piece, rest.empty(), packed);
    if (rest.empty()) break;
    co_await asio::post(executor, asio::use_awaitable);
  }
  co_return packed;
}

result<std::string> gunzip(std::string_view body, std::uint64_t most) {
  return inflater().read(body, most);
}

}  // namespace helenus::http
