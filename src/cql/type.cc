#include "cql/type.h"

#include <algorithm>

namespace helenus::cql {
namespace {

std::string name_of(type_code code) {
  switch (code) {
    case type_code::custom:
      return "custom";
    case type_code::ascii:
      return "ascii";
    case type_code::bigint:
      return "bigint";
    case type_code::blob:
      return "blob";
    case type_code::boolean:
      return "boolean";
    case type_code::counter:
      return "counter";
    case type_code::decimal:
      return "decimal";
    case type_code::double_:
      return "double";
    case type_code::float_:
      return "float";
    case type_code::int_:
      return "int";
    case type_code::timestamp:
      return "timestamp";
    case type_code::uuid:
      return "uuid";
    case type_code::text:
      return "text";
    case type_code::varint:
      return "varint";
    case type_code::timeuuid:
      return "timeuuid";
    case type_code::inet:
      return "inet";
    case type_code::date:
      return "date";
    case type_code::time:
      return "time";
    case type_code::smallint:
      return "smallint";
    case type_code::tinyint:
      return "tinyint";
    case type_code::duration:
      return "duration";
    case type_code::list:
      return "list";
    case type_code::map:
      return "map";
    case type_code::set:
      return "set";
    case type_code::udt:
      return "udt";
    case type_code::tuple:
      return "tuple";
  }
  return "type " + std::to_string(static_cast<unsigned>(code));
}

/// One number for the types whose bytes have the same form.
type_code form_of(type_code code) {
  switch (code) {
    case type_code::ascii:
      return type_code::text;
    case type_code::timeuuid:
      return type_code::uuid;
    case type_code::counter:
      return type_code::bigint;
    default:
      return code;
  }
}

}  // namespace

std::string to_text(const type& what) {
  std::string text = name_of(what.code);
  if (what.elements.empty()) return text;
  text += '<';
  for (const auto& element : what.elements) {
    if (text.back() != '<') text += ", ";
    text += to_text(element);
  }
  return text + '>';
}

bool compatible(const type& column, const type& given) {
  return form_of(column.code) == form_of(given.code) &&
         std::equal(column.elements.begin(), column.elements.end(), given.elements.begin(),
                    given.elements.end(), compatible);
}

}  // namespace helenus::cql
