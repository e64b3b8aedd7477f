#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace helenus::jmx {

/// A value that Helenus sends. Only what every server-side filter lets pass can be expressed:
/// null, boxed Boolean, Integer, Long and Double, String, String[], Object[], ArrayList, HashSet,
/// HashMap and ObjectName.
class argument {
 public:
  // Implicit, so that the arguments of a call read as in Java.
  argument() = default;  ///< null
  argument(const char* text) : data_(std::string(text)) {}
  argument(std::string text) : data_(std::move(text)) {}
  argument(bool boolean) : data_(boolean) {}
  argument(std::int32_t integer) : data_(integer) {}
  argument(std::int64_t long_integer) : data_(long_integer) {}
  argument(double real) : data_(real) {}
  /// String[]
  argument(std::vector<std::string> strings) : data_(std::move(strings)) {}
  /// Object[], ArrayList and HashSet.
  static argument array(std::vector<argument> elements);
  static argument list(std::vector<argument> elements);
  static argument set(std::vector<argument> elements);
  /// ArrayList of String.
  static argument list_of(const std::vector<std::string>& strings);
  /// HashMap.
  static argument map(std::vector<std::pair<argument, argument>> entries);
  /// HashMap of String to String.
  static argument map_of(const std::map<std::string, std::string>& entries);
  /// javax.management.ObjectName; `text` must have been checked (object_name::text).
  static argument name(std::string text);

  enum class sequence_kind { array, list, set };
  struct sequence {
    sequence_kind kind;
    std::vector<argument> elements;
  };
  struct dictionary {
    std::vector<std::pair<argument, argument>> entries;
  };
  struct name_text {
    std::string text;
  };
  using variant =
      std::variant<std::monostate, bool, std::int32_t, std::int64_t, double, std::string,
                   std::vector<std::string>, sequence, dictionary, name_text>;
  const variant& data() const { return data_; }

 private:
  variant data_;
};

}  // namespace helenus::jmx
