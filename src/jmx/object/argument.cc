#include "jmx/object/argument.h"

namespace helenus::jmx {

argument argument::array(std::vector<argument> elements) {
  argument made;
  made.data_ = sequence{sequence_kind::array, std::move(elements)};
  return made;
}

argument argument::list(std::vector<argument> elements) {
  argument made;
  made.data_ = sequence{sequence_kind::list, std::move(elements)};
  return made;
}

argument argument::set(std::vector<argument> elements) {
  argument made;
  made.data_ = sequence{sequence_kind::set, std::move(elements)};
  return made;
}

argument argument::list_of(const std::vector<std::string>& strings) {
  return list({strings.begin(), strings.end()});
}

argument argument::map(std::vector<std::pair<argument, argument>> entries) {
  argument made;
  made.data_ = dictionary{std::move(entries)};
  return made;
}

argument argument::map_of(const std::map<std::string, std::string>& entries) {
  return map({entries.begin(), entries.end()});
}

argument argument::name(std::string text) {
  argument made;
  made.data_ = name_text{std::move(text)};
  return made;
}

}  // namespace helenus::jmx
