#pragma once

#include "base/result.h"
#include "jmx/object/value.h"
#include "jmx/remote/object_name.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace helenus::jmx {

/// An AttributeList: name and value, in the order of the answer.
result<std::vector<std::pair<std::string, value>>> read_attributes(const value& from);

/// A set of ObjectNames (the answer of query_names).
result<std::vector<object_name>> read_names(const value& from);

/// A CompositeData: one row with named items.
class composite {
 public:
  static result<composite> read(const value& from);

  /// The name of its type; empty when the server did not say.
  const std::string& type() const { return type_; }
  const std::vector<std::pair<std::string, value>>& items() const { return items_; }
  /// An item by name; errc::wrong_type names the item and the type when it is missing.
  result<value> item(std::string_view name) const;
  bool has(std::string_view name) const;

 private:
  std::string type_;
  std::vector<std::pair<std::string, value>> items_;
};

/// The rows of a TabularData, or of a collection or array of CompositeData.
result<std::vector<composite>> read_rows(const value& from);

struct mbean_attribute {
  std::string name;
  std::string type;
  bool readable = false;
  bool writable = false;
};
struct mbean_operation {
  std::string name;
  std::string type;                     ///< what it returns
  std::vector<std::string> parameters;  ///< their types, as calls::parameter wants them
};
/// What an MBean can do.
struct mbean_info {
  std::string class_name;
  std::vector<mbean_attribute> attributes;
  std::vector<mbean_operation> operations;

  bool has_attribute(std::string_view name) const;
  bool has_operation(std::string_view name) const;
};
result<mbean_info> read_mbean_info(const value& from);

}  // namespace helenus::jmx
