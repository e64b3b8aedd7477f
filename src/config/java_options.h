#pragma once

#include "config/settings.h"
#include "config/substitution.h"

#include <map>
#include <string>
#include <string_view>

namespace helenus::config {

/// The properties of a Java command line such as JAVA_OPTS holds: `-Dname=value`, split at blanks
/// without quotes, as Reaper's container does. `-Dname` alone is an empty value; the last of a name
/// counts; everything else (`-Xmx2G`) is of no interest here. Pure.
std::map<std::string, std::string> java_properties(std::string_view options);

/// Reaper's container is told in JAVA_OPTS to speak TLS to the nodes' JMX (`-Dssl.enable=true`),
/// with key stores in `-Djavax.net.ssl.*`. What jmxTls says goes before. As with Java's clients
/// names are not checked. Pure.
void read_java_options(const environment& variables, jmx_settings& into);

}  // namespace helenus::config
