#include "jmx/remote/results.h"

#include "jmx/errc.h"
#include "jmx/object/escape.h"

#include <algorithm>

namespace helenus::jmx {
namespace {

result<std::string> text_field(const value& from, std::string_view name) {
  TRY(text, from.field(name));
  if (text.is_null()) return std::string();
  return text.as_string();
}

bool flag(const value& from, std::string_view name) {
  const auto set = from.long_field(name);
  return set && *set != 0;
}

result<mbean_operation> read_operation(const value& from) {
  mbean_operation operation;
  TRY(name, text_field(from, "name"));
  TRY(type, text_field(from, "type"));
  TRY(signature, from.field("signature"));
  operation.name = std::move(name);
  operation.type = std::move(type);
  if (signature.is_null()) return operation;
  TRY(parameters, signature.elements());
  for (const auto& parameter : parameters) {
    TRY(parameter_type, text_field(parameter, "type"));
    operation.parameters.push_back(std::move(parameter_type));
  }
  return operation;
}

}  // namespace

result<std::vector<std::pair<std::string, value>>> read_attributes(const value& from) {
  TRY(all, from.elements());
  std::vector<std::pair<std::string, value>> attributes;
  for (const auto& attribute : all) {
    constexpr std::string_view class_name = "javax.management.Attribute";
    if (!attribute.is_a(class_name)) return wrong_type(class_name, attribute);
    TRY(name, text_field(attribute, "name"));
    TRY(item, attribute.field("value"));
    attributes.emplace_back(std::move(name), std::move(item));
  }
  return attributes;
}

result<std::vector<object_name>> read_names(const value& from) {
  TRY(all, from.elements());
  std::vector<object_name> names;
  for (const auto& element : all) {
    TRY(name, object_name::read(element));
    names.push_back(std::move(name));
  }
  return names;
}

result<composite> composite::read(const value& from) {
  constexpr std::string_view class_name = "javax.management.openmbean.CompositeDataSupport";
  if (!from.is_a(class_name)) return wrong_type("a CompositeData", from);
  composite row;
  TRY(contents, from.field("contents"));
  TRY(entries, contents.entries());
  for (auto& [key, item] : entries) {
    TRY(name, key.as_string());
    row.items_.emplace_back(std::move(name), std::move(item));
  }
  if (const auto type = from.field("compositeType")) {
    if (auto name = text_field(*type, "typeName")) row.type_ = std::move(*name);
  }
  return row;
}

result<value> composite::item(std::string_view name) const {
  const auto found = std::find_if(items_.begin(), items_.end(),
                                  [name](const auto& entry) { return entry.first == name; });
  if (found == items_.end()) {
    constexpr std::size_t most = 200;
    return error{errc::wrong_type,
                 "no item " + std::string(name) + " in a composite " + escape(type_, most)};
  }
  return found->second;
}

bool composite::has(std::string_view name) const { return item(name).has_value(); }

result<std::vector<composite>> read_rows(const value& from) {
  std::vector<composite> rows;
  if (from.is_a("javax.management.openmbean.TabularDataSupport")) {
    TRY(map, from.field("dataMap"));
    TRY(entries, map.entries());
    for (const auto& entry : entries) {
      TRY(row, composite::read(entry.second));
      rows.push_back(std::move(row));
    }
    return rows;
  }
  const auto elements = from.elements();
  if (!elements) {
    return elements.error().code == errc::wrong_type ? wrong_type("a TabularData", from)
                                                     : elements.error();
  }
  for (const auto& element : *elements) {
    TRY(row, composite::read(element));
    rows.push_back(std::move(row));
  }
  return rows;
}

bool mbean_info::has_attribute(std::string_view name) const {
  return std::any_of(attributes.begin(), attributes.end(),
                     [name](const auto& attribute) { return attribute.name == name; });
}

bool mbean_info::has_operation(std::string_view name) const {
  return std::any_of(operations.begin(), operations.end(),
                     [name](const auto& operation) { return operation.name == name; });
}

result<mbean_info> read_mbean_info(const value& from) {
  constexpr std::string_view class_name = "javax.management.MBeanInfo";
  if (!from.is_a(class_name)) return wrong_type(class_name, from);
  mbean_info info;
  TRY(name, from.field("className", class_name));
  TRY(text, name.as_string());
  info.class_name = std::move(text);
  TRY(attribute_array, from.field("attributes", class_name));
  TRY(attributes, attribute_array.elements());
  for (const auto& attribute : attributes) {
    TRY(attribute_name, text_field(attribute, "name"));
    TRY(type, text_field(attribute, "attributeType"));
    info.attributes.push_back({std::move(attribute_name), std::move(type),
                               flag(attribute, "isRead"), flag(attribute, "isWrite")});
  }
  TRY(operation_array, from.field("operations", class_name));
  TRY(operations, operation_array.elements());
  for (const auto& operation : operations) {
    TRY(read, read_operation(operation));
    info.operations.push_back(std::move(read));
  }
  return info;
}

}  // namespace helenus::jmx
