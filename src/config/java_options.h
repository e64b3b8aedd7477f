#pragma once

#include "config/problem.h"
#include "config/settings.h"
#include "config/substitution.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::config {

/// The properties of a Java command line such as JAVA_OPTS holds: `-Dname=value`, split at blanks
/// without quotes, as Reaper's container does. `-Dname` alone is an empty value; the last of a name
/// counts; everything else (`-Xmx2G`) is of no interest here. Pure.
std::map<std::string, std::string> java_properties(std::string_view options);

/// Reaper's container is told in JAVA_OPTS to speak TLS to nodes. To speak plain instead would
/// fail, and send passwords in the clear where it does not: a problem, unless jmxTls is given.
void check_java_options(const environment& variables, const settings& made,
                        std::vector<problem>& problems);

}  // namespace helenus::config
