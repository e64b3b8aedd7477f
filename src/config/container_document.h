#pragma once

#include "config/problem.h"
#include "config/substitution.h"

#include <yaml-cpp/yaml.h>

#include <map>
#include <string>
#include <vector>

namespace helenus::config {

/// A document that was made of variables, as if it had been a file.
struct container_document {
  YAML::Node document{YAML::NodeType::Map};
  /// Which variable stands behind a key: "repairIntensity" -> "REAPER_REPAIR_INTENSITY". Keys that
  /// only have the default of the image are not here.
  std::map<std::string, std::string> variables;
  std::vector<std::string> not_used;  ///< variables that another one switches off
  std::vector<problem> problems;
};

/// What the variables of Reaper's container image say, with the defaults of that image. Pure.
/// A variable that is empty is as one that is not set, unless its emptiness means something.
container_document make_container_document(const environment& variables);

}  // namespace helenus::config
