#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace helenus::api {

/// Writes JSON text member by member, without a document in between: lists of 64,000 segments are
/// answered, and tokens of the Random partitioner need integers of 127 bits.
/// The caller keeps the order begin, key, value, end; texts are valid UTF-8.
class json_writer {
 public:
  json_writer() = default;
  /// For a long text of about `expected` bytes, which then needs not be copied as it grows.
  explicit json_writer(std::size_t expected) { out_.reserve(expected); }

  json_writer& begin_object();
  json_writer& end_object();
  json_writer& begin_array();
  json_writer& end_array();
  json_writer& key(std::string_view name);

  json_writer& text(std::string_view value);
  json_writer& flag(bool value);
  json_writer& integer(std::int64_t value);
  /// A number that is decimal text already.
  json_writer& digits(std::string_view decimal);
  /// The shortest text that reads back as the same double; whole numbers keep one decimal.
  json_writer& number(double value);
  json_writer& null();

  std::string take() { return std::move(out_); }

 private:
  void separate();

  std::string out_;
  bool first_ = true;
};

/// An array of texts.
template <class Texts>
void write_list(json_writer& out, const Texts& texts) {
  out.begin_array();
  for (const auto& text : texts) out.text(text);
  out.end_array();
}

}  // namespace helenus::api
