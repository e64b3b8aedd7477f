#include "app/commands/configuration.h"

#include "config/container.h"
#include "config/load.h"

#include <cstdio>
#include <utility>
#include <variant>
#include <vector>

namespace helenus::app {

std::optional<config::settings> read_configuration(const std::string& file) {
  auto outcome =
      file.empty() ? config::from_environment(config::read_environment()) : config::load(file);
  if (auto* good = std::get_if<config::settings>(&outcome)) return std::move(*good);
  const auto text = config::to_text(file.empty() ? "environment" : file,
                                    std::get<std::vector<config::problem>>(outcome));
  std::fputs(text.c_str(), stderr);
  return std::nullopt;
}

}  // namespace helenus::app
