#include "config/load.h"

#include "config/reader.h"
#include "config/schema.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace helenus::config {

loaded parse(std::string_view text, const environment& variables) {
  std::vector<problem> problems;
  const auto complete = substitute(text, variables, problems);
  if (!problems.empty()) return problems;
  reader from;
  settings into;
  try {
    const auto document = YAML::Load(complete);
    if (document.IsDefined()) read_document(from, document, into);
  } catch (const YAML::Exception& wrong) {
    return std::vector<problem>{
        {wrong.mark.is_null() ? 0 : wrong.mark.line + 1, "", "", "not YAML: " + wrong.msg}};
  }
  if (!from.problems.empty()) return std::move(from.problems);
  into.not_used = std::move(from.not_used);
  return into;
}

loaded load(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    return std::vector<problem>{
        {0, "", "", std::string("cannot be read: ") + std::strerror(errno)}};
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
  return parse(text, [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (!value) return std::nullopt;
    return value;
  });
}

}  // namespace helenus::config
