#include "config/schema.h"

#include <array>

namespace helenus::config {
namespace {

void read_level(reader& from, const YAML::Node& value, std::optional<base::level>& into) {
  constexpr std::array<std::string_view, 8> names{"ALL",  "TRACE", "DEBUG", "INFO",
                                                  "WARN", "ERROR", "OFF",   "WARNING"};
  constexpr std::array<std::optional<base::level>, 8> levels{
      base::level::debug, base::level::debug, base::level::debug, base::level::info,
      base::level::warn,  base::level::error, std::nullopt,       base::level::warn};
  if (const auto index = from.one_of(value, names); index < levels.size()) into = levels[index];
}

void read_layout(reader& from, const YAML::Node& block, log_settings& into) {
  std::vector<key> keys{{"type", [&](reader& inner, const YAML::Node& value) {
                           constexpr std::array<std::string_view, 2> names{"text", "json"};
                           const auto index = inner.one_of(value, names);
                           if (index == 0) into.format = log_format::text;
                           if (index == 1) into.format = log_format::json;
                         }}};
  for (const auto* name :
       {"timestampFormat", "prettyPrint", "appendLineSeparator", "includes", "customFieldNames",
        "additionalFields", "includesMdcKeys", "flattenMdc", "exception"}) {
    keys.push_back({name});
  }
  from.block(block, keys);
}

void read_appender(reader& from, const YAML::Node& block, log_settings& into) {
  std::vector<key> keys{
      {"layout", [&](reader& inner, const YAML::Node& value) { read_layout(inner, value, into); }}};
  for (const auto* name : {"type",
                           "threshold",
                           "queueSize",
                           "discardingThreshold",
                           "timeZone",
                           "logFormat",
                           "filterFactories",
                           "neverBlock",
                           "target",
                           "currentLogFilename",
                           "archive",
                           "archivedLogFilenamePattern",
                           "archivedFileCount",
                           "maxFileSize",
                           "totalSizeCap",
                           "bufferSize",
                           "immediateFlush",
                           "host",
                           "port",
                           "facility",
                           "stackTracePrefix",
                           "includeStackTrace",
                           "connectionTimeout",
                           "sendBufferSize"}) {
    keys.push_back({name});
  }
  from.block(block, keys);
}

}  // namespace

void read_logging(reader& from, const YAML::Node& block, log_settings& into) {
  const std::array keys{
      key{"level",
          [&](reader& inner, const YAML::Node& value) { read_level(inner, value, into.lowest); }},
      key{"loggers"}, key{"appenders", [&](reader& inner, const YAML::Node& list) {
                            inner.items(list, [&](const YAML::Node& appender) {
                              read_appender(inner, appender, into);
                            });
                          }}};
  from.block(block, keys);
}

}  // namespace helenus::config
