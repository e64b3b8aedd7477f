#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace helenus::base {

/// Text that must not be seen: a password. It has no stream output and no comparison, and its bytes
/// are overwritten before their memory is given back.
class secret {
 public:
  secret() = default;
  explicit secret(std::string_view text) : text_(text) {}
  secret(const secret&) = default;
  secret(secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
  secret& operator=(const secret& other) {
    if (this != &other) {
      secret copy(other);
      std::swap(text_, copy.text_);
    }
    return *this;
  }
  secret& operator=(secret&& other) noexcept {
    std::swap(text_, other.text_);
    other.wipe();
    return *this;
  }
  ~secret() { wipe(); }

  /// The text itself, for the one place that sends it. Do not keep it.
  std::string_view reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  // Volatile, so that the writes are not removed as dead ones.
  void wipe() noexcept {
    volatile char* byte = text_.data();
    for (std::size_t left = text_.capacity(); left > 0; --left) *byte++ = '\0';
    text_.clear();
  }

  std::string text_;
};

}  // namespace helenus::base
