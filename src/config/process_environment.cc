#include "config/process_environment.h"

#include "base/errc.h"
#include "base/secret_file.h"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace helenus::config {
namespace {

constexpr std::string_view file_suffix = "_FILE";

constexpr std::array<std::string_view, 12> secret_variables{"CASSANDRA_REAPER_PROPERTY_KEY_SECRET",
                                                            "JWT_SECRET",
                                                            "REAPER_AUTH_PASSWORD",
                                                            "REAPER_AUTH_USER",
                                                            "REAPER_CASS_AUTH_PASSWORD",
                                                            "REAPER_CASS_AUTH_USERNAME",
                                                            "REAPER_JMX_AUTH_PASSWORD",
                                                            "REAPER_JMX_AUTH_USERNAME",
                                                            "REAPER_JMX_CREDENTIALS",
                                                            "REAPER_READ_USER",
                                                            "REAPER_READ_USER_PASSWORD",
                                                            "JAVA_OPTS"};

/// What a secret is until its file holds it, so that the rest of a configuration can be checked:
/// long enough for any of them, and no two are the same. Two have a form; they may as well not be
/// set.
std::string stand_in(const std::string& variable) {
  if (variable == "JAVA_OPTS" || variable == "REAPER_JMX_CREDENTIALS") return {};
  return "the-file-of-this-secret-does-not-hold-it-yet-" + variable;
}

void read_secret_files(process_environment& into) {
  for (const auto name : secret_variables) {
    const std::string variable(name);
    const auto file = into.values.find(variable + std::string(file_suffix));
    if (file == into.values.end() || file->second.empty()) continue;
    const auto plain = into.values.find(variable);
    if (plain != into.values.end() && !plain->second.empty()) {
      into.problems.push_back({0, file->first, "", variable + " is set as well; one is accepted"});
      continue;
    }
    into.secret_files.push_back(file->second);
    const auto content = base::read_secret_file(file->second, "the file");
    if (content) {
      into.values[variable] = content->reveal();
    } else if (content.error().code == base::errc::unavailable) {
      into.values[variable] = stand_in(variable);
      into.missing_secrets.push_back(file->first + ": " + content.error().message());
    } else {
      into.problems.push_back({0, file->first, "", content.error().message()});
    }
  }
}

}  // namespace

environment process_environment::lookup() const {
  return [this](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

bool is_secret_variable(std::string_view name) {
  return std::find(secret_variables.begin(), secret_variables.end(), name) !=
         secret_variables.end();
}

process_environment read_environment(const char* const* entries) {
  process_environment into;
  for (; *entries != nullptr; ++entries) {
    const std::string_view entry(*entries);
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string name(entry.substr(0, equals));
    const std::string value(entry.substr(equals + 1));
    const auto [known, is_new] = into.values.try_emplace(name, value);
    if (is_new || known->second == value) continue;
    known->second = value;
    into.warnings.push_back("the environment variable " + name +
                            " is set twice with different values; the last one is used");
  }
  read_secret_files(into);
  return into;
}

process_environment read_environment() { return read_environment(environ); }

}  // namespace helenus::config
