#include "config/load.h"

#include "config/java_options.h"
#include "config/process_environment.h"
#include "config/reader.h"
#include "config/schema.h"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>
#include <tuple>

namespace helenus::config {

namespace {

/// Which placeholders a reader of the document comes across. Events, not the tree: aliases can make
/// a small text a huge tree.
class placeholder_search final : public YAML::EventHandler {
 public:
  std::set<std::size_t> found;

  void OnScalar(const YAML::Mark&, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    search(tag);
    search(value);
  }
  void OnSequenceStart(const YAML::Mark&, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    search(tag);
  }
  void OnMapStart(const YAML::Mark&, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    search(tag);
  }
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnSequenceEnd() override {}
  void OnMapEnd() override {}

 private:
  void search(const std::string& text) {
    for (const auto index : placeholders_in(text)) found.insert(index);
  }
};

/// The variables without a value that matter to somebody who reads the document.
std::vector<problem> unresolved_in(const substituted& complete) {
  if (complete.unresolved.empty()) return {};
  std::istringstream text(complete.text);
  placeholder_search search;
  YAML::Parser(text).HandleNextDocument(search);
  std::vector<problem> problems;
  for (const auto index : search.found) {
    if (index < complete.unresolved.size()) problems.push_back(complete.unresolved[index]);
  }
  return problems;
}

/// The same for a text that is not YAML: those that do not stand on a line of comment.
std::vector<problem> unresolved_outside_comments(const substituted& complete) {
  std::vector<problem> problems;
  std::istringstream text(complete.text);
  for (std::string line; std::getline(text, line);) {
    const auto first = line.find_first_not_of(" \t");
    if (first == std::string::npos || line[first] == '#') continue;
    for (const auto index : placeholders_in(line)) {
      if (index < complete.unresolved.size()) problems.push_back(complete.unresolved[index]);
    }
  }
  return problems;
}

void sort_by_line(std::vector<problem>& problems) {
  std::sort(problems.begin(), problems.end(), [](const problem& left, const problem& right) {
    return std::tie(left.line, left.key, left.accepted) <
           std::tie(right.line, right.key, right.accepted);
  });
}

}  // namespace

loaded parse(std::string_view text, const environment& variables) {
  const auto complete = substitute(text, variables);
  if (complete.too_large) {
    return std::vector<problem>{{0, "", "", "the file with its variables is larger than 1 MiB"}};
  }
  reader from;
  settings into;
  std::vector<problem> problems;
  try {
    const auto document = YAML::Load(complete.text);
    problems = unresolved_in(complete);
    if (document.IsDefined()) read_document(from, document, into);
    find_passphrase(variables, into);
  } catch (const YAML::Exception& wrong) {
    problems = unresolved_outside_comments(complete);
    problems.push_back(
        {wrong.mark.is_null() ? 0 : wrong.mark.line + 1, "", "", "not YAML: " + wrong.msg});
  }
  problems.insert(problems.end(), from.problems.begin(), from.problems.end());
  if (!problems.empty()) {
    sort_by_line(problems);
    return problems;
  }
  read_java_options(variables, into.jmx);
  read_surroundings(variables, into.storage.cassandra);
  into.not_used = std::move(from.not_used);
  return into;
}

loaded load(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    return std::vector<problem>{
        {0, "", "", "cannot be read: " + std::generic_category().message(errno)}};
  }
  std::string text;
  text.resize(max_text_bytes + 1);
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (stream.bad() || (text.empty() && !stream.eof())) {
    return std::vector<problem>{{0, "", "", "cannot be read: is it a file?"}};
  }
  if (text.size() > max_text_bytes) {
    return std::vector<problem>{{0, "", "", "larger than 1 MiB"}};
  }
  const auto variables = read_environment();
  auto outcome = parse(text, variables.lookup());
  if (auto* made = std::get_if<settings>(&outcome); made && variables.problems.empty()) {
    made->warnings.insert(made->warnings.end(), variables.warnings.begin(),
                          variables.warnings.end());
    made->origin = settings_origin{file, variables.secret_files};
    made->missing_secrets = variables.missing_secrets;
    return outcome;
  }
  std::vector<problem> problems = variables.problems;
  if (const auto* more = std::get_if<std::vector<problem>>(&outcome)) {
    problems.insert(problems.end(), more->begin(), more->end());
  }
  return problems;
}

}  // namespace helenus::config
