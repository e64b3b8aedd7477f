#include "config/container.h"

#include "config/container_document.h"
#include "config/java_options.h"
#include "config/reader.h"
#include "config/schema.h"

#include <tuple>

namespace helenus::config {
namespace {

/// The variable behind a key of the document, or behind one inside or above it; empty: none.
std::string variable_of(const container_document& from, const std::string& key) {
  if (const auto exact = from.variables.find(key); exact != from.variables.end()) {
    return exact->second;
  }
  std::string found;
  for (const auto& [path, variable] : from.variables) {
    const auto& [shorter, longer] =
        path.size() < key.size() ? std::tie(path, key) : std::tie(key, path);
    if (!longer.starts_with(shorter)) continue;
    if (const char next = longer[shorter.size()]; next != '.' && next != '[') continue;
    if (found.find(variable) == std::string::npos) found += (found.empty() ? "" : " ") + variable;
  }
  return found;
}

}  // namespace

loaded from_environment(const process_environment& variables) {
  const auto lookup = variables.lookup();
  const auto from = make_container_document(lookup);
  reader keys;
  settings into;
  if (from.problems.empty()) read_document(keys, from.document, into);
  find_passphrase(lookup, into);
  auto problems = variables.problems;
  problems.insert(problems.end(), from.problems.begin(), from.problems.end());
  for (auto& one : keys.problems) {
    const auto variable = variable_of(from, one.key);
    problems.push_back({0, variable.empty() ? one.key : variable, one.value, one.accepted});
  }
  if (!problems.empty()) return problems;
  read_java_options(lookup, into.jmx);
  read_surroundings(lookup, into.storage.cassandra);
  for (const auto& key : keys.not_used) {  // defaults of the image are nobody's wish
    if (auto variable = variable_of(from, key); !variable.empty()) {
      into.not_used.push_back(std::move(variable));
    }
  }
  into.not_used.insert(into.not_used.end(), from.not_used.begin(), from.not_used.end());
  into.warnings.insert(into.warnings.end(), variables.warnings.begin(), variables.warnings.end());
  into.origin = settings_origin{"", variables.secret_files};
  into.missing_secrets = variables.missing_secrets;
  return into;
}

}  // namespace helenus::config
