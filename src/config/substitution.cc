#include "config/substitution.h"

#include <algorithm>

namespace helenus::config {
namespace {

// A value that names a variable whose value names a variable ...: more is a circle.
constexpr int max_depth = 16;

class pass {
 public:
  pass(const environment& variables, bool strict, std::vector<problem>& problems)
      : variables_(variables), strict_(strict), problems_(problems) {}

  std::string run(std::string_view text) {
    std::string out;
    line_ = 1;
    expand(text, 0, out);
    return out;
  }

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
      const auto end = text.starts_with("${") ? text.find('}') : std::string_view::npos;
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
      if (strict_) complain(name, "this environment variable is not set and has no default");
      append(whole, depth, out);
    } else if (depth == max_depth) {
      complain(name, "this environment variable refers to itself");
    } else {
      expand(*value, depth + 1, out);
    }
  }

  void append(std::string_view text, int depth, std::string& out) {
    if (depth == 0) line_ += static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    out += text;
    if (out.size() > max_text_bytes && !too_large_) {
      too_large_ = true;
      problems_.push_back({line_, "", "", "the file with its variables is larger than 1 MiB"});
    }
  }

  void complain(const std::string& name, const char* what) {
    problems_.push_back({line_, "${" + name + "}", "", what});
  }

  const environment& variables_;
  bool strict_;
  std::vector<problem>& problems_;
  int line_ = 1;
  bool too_large_ = false;
};

}  // namespace

std::string substitute(std::string_view text, const environment& variables,
                       std::vector<problem>& problems) {
  const auto once = pass(variables, false, problems).run(text);
  if (!problems.empty()) return once;
  return pass(variables, true, problems).run(once);
}

}  // namespace helenus::config
