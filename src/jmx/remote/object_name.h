#pragma once

#include "base/result.h"
#include "jmx/object/argument.h"
#include "jmx/object/value.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace helenus::jmx {

/// The name of an MBean, or a pattern of names: "domain:key=value,key=value".
/// Equality ignores the order of the keys.
class object_name {
 public:
  /// Checks everything a server would: a name it refuses makes the connection unusable.
  static result<object_name> parse(std::string_view text);
  /// From a name that is written in our own source: a bad one is a bug.
  static object_name literal(std::string_view text);
  /// From a value that a server sent.
  static result<object_name> read(const value& from);

  /// As it was given.
  const std::string& text() const { return text_; }
  const std::string& domain() const { return domain_; }
  /// In the order given; quoted values with their quotes.
  const std::vector<std::pair<std::string, std::string>>& keys() const { return keys_; }
  /// The value of a key, unquoted; empty when there is no such key.
  std::string value_of(std::string_view key) const;
  /// Keys sorted, "*" last.
  std::string canonical() const;

  /// Whether it may stand for several names.
  bool is_pattern() const;
  /// Whether `name` (not a pattern) is meant by this pattern, or equal to it.
  bool matches(const object_name& name) const;

  argument as_argument() const { return argument::name(text_); }

  friend bool operator==(const object_name& left, const object_name& right) {
    return left.canonical() == right.canonical();
  }

 private:
  object_name() = default;

  std::string text_;
  std::string domain_;
  std::vector<std::pair<std::string, std::string>> keys_;
  bool more_keys_ = false;  // the list ends with ",*"
};

/// A value in quotes, so that any text can stand in a name.
std::string quote_name_value(std::string_view raw);
/// The raw text of a quoted value; errc::invalid_name when it is not one.
result<std::string> unquote_name_value(std::string_view quoted);

}  // namespace helenus::jmx
