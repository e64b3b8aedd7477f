#include "config/reader.h"

#include "base/clock.h"
#include "config/substitution.h"

#include <algorithm>
#include <sstream>

namespace helenus::config {
namespace {

std::string number_text(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

}  // namespace

void reader::refuse(const YAML::Node& node, std::string accepted, bool show) {
  // The variable that has no value is the mistake.
  if (node.IsScalar() && has_placeholder(node.Scalar())) return;
  add(node, show && node.IsScalar() ? node.Scalar() : "", std::move(accepted));
}

void reader::add(const YAML::Node& at, std::string value, std::string accepted) {
  if (has_placeholder(path_)) return;
  problems.push_back({at.Mark().line + 1, path_, std::move(value), std::move(accepted)});
}

void reader::block(const YAML::Node& node, std::span<const key> keys) {
  entries(node, [&](const std::string& name, const YAML::Node& value) {
    const auto known = std::find_if(keys.begin(), keys.end(),
                                    [&name](const key& one) { return one.name == name; });
    if (known == keys.end()) {
      unknown_key(value, name, keys);
    } else if (!known->read) {
      not_used.push_back(path_);
    } else if (!value.IsNull()) {
      known->read(*this, value);
    }
  });
}

void reader::unknown_key(const YAML::Node& at, const std::string& name, std::span<const key> keys) {
  const auto nearest =
      std::min_element(keys.begin(), keys.end(), [&name](const key& left, const key& right) {
        return edit_distance(name, left.name) < edit_distance(name, right.name);
      });
  std::string accepted = "unknown key";
  if (nearest != keys.end() && edit_distance(name, nearest->name) <= 3) {
    accepted += "; did you mean " + std::string(nearest->name) + "?";
  } else {
    accepted += "; accepted here:";
    for (const auto& one : keys) accepted += " " + std::string(one.name);
  }
  add(at, "", std::move(accepted));
}

void reader::entries(const YAML::Node& map,
                     const std::function<void(const std::string&, const YAML::Node&)>& each) {
  if (map.IsNull()) return;
  if (!map.IsMap()) return refuse(map, "a block of keys and values is accepted");
  for (const auto& entry : map) {
    const auto outer = path_;
    if (!entry.first.IsScalar()) {
      refuse(entry.first, "a key is a plain text");
      continue;
    }
    path_ += (path_.empty() ? "" : ".") + entry.first.Scalar();
    each(entry.first.Scalar(), entry.second);
    path_ = outer;
  }
}

void reader::items(const YAML::Node& list, const std::function<void(const YAML::Node&)>& each) {
  if (list.IsNull()) return;
  if (!list.IsSequence()) return refuse(list, "a list is accepted");
  const auto outer = path_;
  for (std::size_t i = 0; i < list.size(); ++i) {
    path_ = outer + "[" + std::to_string(i) + "]";
    each(list[i]);
  }
  path_ = outer;
}

std::optional<std::string> reader::scalar(const YAML::Node& node, const char* expected, bool show) {
  if (node.IsScalar()) return node.Scalar();
  refuse(node, expected, show);
  return std::nullopt;
}

void reader::text(const YAML::Node& node, std::string& into) {
  if (auto given = scalar(node, "a text is accepted")) into = std::move(*given);
}

void reader::secret(const YAML::Node& node, std::string& into) {
  if (auto given = scalar(node, "a text is accepted", false)) into = std::move(*given);
}

void reader::flag(const YAML::Node& node, bool& into) {
  const auto given = scalar(node, "true or false is accepted");
  if (!given) return;
  if (const auto value = parse_boolean(*given)) {
    into = *value;
  } else {
    refuse(node, "true or false is accepted");
  }
}

void reader::number(const YAML::Node& node, double above, double at_most, double& into) {
  const auto accepted = "a number above " + number_text(above) + " and at most " +
                        number_text(at_most) + " is accepted";
  const auto given = scalar(node, accepted.c_str());
  if (!given) return;
  const auto value = parse_number(*given);
  if (!value || *value <= above || *value > at_most) return refuse(node, accepted);
  into = *value;
}

std::optional<std::int64_t> reader::checked_integer(const YAML::Node& node, std::int64_t least,
                                                    std::int64_t most) {
  const auto accepted = "a whole number from " + std::to_string(least) + " to " +
                        std::to_string(most) + " is accepted";
  const auto given = scalar(node, accepted.c_str());
  if (!given) return std::nullopt;
  const auto value = parse_integer(*given);
  if (value && *value >= least && *value <= most) return value;
  refuse(node, accepted);
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> reader::checked_duration(const YAML::Node& node,
                                                                  std::chrono::milliseconds least,
                                                                  std::chrono::milliseconds most) {
  const auto accepted = "a duration such as 30s, 5m or PT30S, from " + base::to_text(least) +
                        " to " + base::to_text(most) + ", is accepted";
  const auto given = scalar(node, accepted.c_str());
  if (!given) return std::nullopt;
  const auto value = parse_duration(*given);
  if (value && *value >= least && *value <= most) return value;
  refuse(node, accepted);
  return std::nullopt;
}

std::optional<std::uint64_t> reader::checked_size(const YAML::Node& node, std::uint64_t least,
                                                  std::uint64_t most) {
  const auto accepted = "a size such as 8KiB or 1MB, from " + std::to_string(least) + " to " +
                        std::to_string(most) + " bytes, is accepted";
  const auto given = scalar(node, accepted.c_str());
  if (!given) return std::nullopt;
  const auto value = parse_size(*given);
  if (value && *value >= least && *value <= most) return value;
  refuse(node, accepted);
  return std::nullopt;
}

std::size_t reader::one_of(const YAML::Node& node, std::span<const std::string_view> names) {
  std::string accepted = "accepted:";
  for (const auto name : names) accepted += " " + std::string(name);
  const auto given = scalar(node, accepted.c_str());
  if (!given) return names.size();
  const auto name = enumeration_name(*given);
  const auto found = std::find_if(names.begin(), names.end(), [&name](std::string_view one) {
    return enumeration_name(one) == name;
  });
  if (found == names.end()) refuse(node, accepted);
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace helenus::config
