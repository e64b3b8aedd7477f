#include "config/substitution.h"

#include <algorithm>
#include <charconv>

namespace helenus::config {
namespace {

// A value that names a variable whose value names a variable ...: more is a circle.
constexpr int max_depth = 16;

// U+E48E, of the private use area: no text of a configuration has it.
constexpr std::string_view mark = "\xee\x92\x8e";

/// Where the "}" of a "${...}" at the front is. A name is on one line: else a "${" that was
/// forgotten in a comment would swallow the keys below it.
std::size_t end_of_variable(std::string_view text) {
  if (!text.starts_with("${")) return std::string_view::npos;
  const auto end = text.find('}');
  const auto name_end = std::min(end, text.find(":-"));
  return text.substr(0, name_end).find('\n') == std::string_view::npos ? end
                                                                       : std::string_view::npos;
}

/// The first pass leaves what it cannot replace; the second, with a place to put them, does not.
class pass {
 public:
  pass(const environment& variables, std::vector<problem>* unresolved)
      : variables_(variables), unresolved_(unresolved) {}

  std::string run(std::string_view text) {
    std::string out;
    expand(text, 0, out);
    return out;
  }
  bool too_large() const { return too_large_; }

 private:
  void expand(std::string_view text, int depth, std::string& out) {
    while (!text.empty() && !too_large_) {
      const auto dollar = std::min(text.find('$'), text.size());
      append(text.substr(0, dollar), depth, out);
      text.remove_prefix(dollar);
      if (text.empty()) return;
      if (text.starts_with("$${")) {  // escaped: one dollar goes, the rest stays
        append("${", depth, out);
        text.remove_prefix(3);
        continue;
      }
      const auto end = end_of_variable(text);
      if (end == std::string_view::npos) {
        append("$", depth, out);
        text.remove_prefix(1);
        continue;
      }
      replace(text.substr(0, end + 1), depth, out);
      text.remove_prefix(end + 1);
    }
  }

  /// `whole` is "${...}".
  void replace(std::string_view whole, int depth, std::string& out) {
    const auto inside = whole.substr(2, whole.size() - 3);
    const auto separator = inside.find(":-");
    const std::string name(inside.substr(0, separator));
    auto value = variables_(name);
    if (!value && separator != std::string_view::npos) value = inside.substr(separator + 2);
    if (!value) {
      leave(whole, name, "this environment variable is not set and has no default", depth, out);
    } else if (depth == max_depth) {
      leave(whole, name, "this environment variable refers to itself", depth, out);
    } else {
      expand(*value, depth + 1, out);
    }
  }

  void leave(std::string_view whole, const std::string& name, const char* why, int depth,
             std::string& out) {
    if (unresolved_ == nullptr) return append(whole, depth, out);
    append(placeholder(unresolved_->size()), depth, out);
    unresolved_->push_back({line_, "${" + name + "}", "", why});
  }

  void append(std::string_view text, int depth, std::string& out) {
    if (depth == 0) line_ += static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    out += text;
    too_large_ = too_large_ || out.size() > max_text_bytes;
  }

  const environment& variables_;
  std::vector<problem>* unresolved_;
  int line_ = 1;
  bool too_large_ = false;
};

}  // namespace

std::string placeholder(std::size_t index) {
  return std::string(mark) + std::to_string(index) + std::string(mark);
}

bool has_placeholder(std::string_view text) { return text.find(mark) != std::string_view::npos; }

std::vector<std::size_t> placeholders_in(std::string_view text) {
  std::vector<std::size_t> found;
  while (true) {
    const auto begin = text.find(mark);
    if (begin == std::string_view::npos) return found;
    text.remove_prefix(begin + mark.size());
    std::size_t index = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), index);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (failure != std::errc{} || !text.starts_with(mark)) continue;
    text.remove_prefix(mark.size());
    found.push_back(index);
  }
}

substituted substitute(std::string_view text, const environment& variables) {
  substituted made;
  pass first(variables, nullptr);
  made.text = first.run(text);
  made.too_large = first.too_large();
  if (made.too_large) return made;
  pass second(variables, &made.unresolved);
  made.text = second.run(made.text);
  made.too_large = second.too_large();
  return made;
}

}  // namespace helenus::config
