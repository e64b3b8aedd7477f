#pragma once

#include "config/problem.h"
#include "config/scalar.h"

#include <yaml-cpp/yaml.h>

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::config {

class reader;

/// One key of a block. Without `read` the key is one of Reaper's that has no effect here yet.
struct key {
  std::string_view name;
  std::function<void(reader&, const YAML::Node&)> read = {};
};

/// Walks a document along tables of keys and collects everything that is wrong. Values of null are
/// skipped: the default stays.
class reader {
 public:
  /// Reads the keys of a map; unknown ones are problems.
  void block(const YAML::Node& node, std::span<const key> keys);
  /// The map or list entries below the current key.
  void entries(const YAML::Node& map,
               const std::function<void(const std::string&, const YAML::Node&)>& each);
  void items(const YAML::Node& list, const std::function<void(const YAML::Node&)>& each);

  // Scalars: `into` is left alone and a problem is added when the value is not accepted.
  void text(const YAML::Node& node, std::string& into);
  void secret(const YAML::Node& node, std::string& into);
  void flag(const YAML::Node& node, bool& into);
  void number(const YAML::Node& node, double above, double at_most, double& into);
  template <class Integer>
  void integer(const YAML::Node& node, std::int64_t least, std::int64_t most, Integer& into) {
    if (const auto value = checked_integer(node, least, most)) into = static_cast<Integer>(*value);
  }
  template <class Duration>
  void duration(const YAML::Node& node, std::chrono::milliseconds least,
                std::chrono::milliseconds most, Duration& into) {
    if (const auto value = checked_duration(node, least, most)) {
      into = std::chrono::duration_cast<Duration>(*value);
    }
  }
  template <class Integer>
  void size(const YAML::Node& node, std::uint64_t least, std::uint64_t most, Integer& into) {
    if (const auto value = checked_size(node, least, most)) into = static_cast<Integer>(*value);
  }
  /// The index of the name that was given, or `names.size()` with a problem added.
  std::size_t one_of(const YAML::Node& node, std::span<const std::string_view> names);

  /// Adds a problem at `node`. `show` tells whether its value may be shown.
  void refuse(const YAML::Node& node, std::string accepted, bool show = true);

  std::vector<problem> problems;
  std::vector<std::string> not_used;

 private:
  std::optional<std::string> scalar(const YAML::Node& node, const char* expected, bool show = true);
  std::optional<std::int64_t> checked_integer(const YAML::Node& node, std::int64_t least,
                                              std::int64_t most);
  std::optional<std::chrono::milliseconds> checked_duration(const YAML::Node& node,
                                                            std::chrono::milliseconds least,
                                                            std::chrono::milliseconds most);
  std::optional<std::uint64_t> checked_size(const YAML::Node& node, std::uint64_t least,
                                            std::uint64_t most);
  void unknown_key(const YAML::Node& at, const std::string& name, std::span<const key> keys);

  void add(const YAML::Node& at, std::string value, std::string accepted);

  std::string path_;
};

}  // namespace helenus::config
