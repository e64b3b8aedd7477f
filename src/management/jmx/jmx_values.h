#pragma once

#include "base/result.h"
#include "jmx/object/value.h"
#include "jmx/remote/notification.h"
#include "management/link/node_calls.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

/// Answers of MBeans as plain types. Errors are unexpected_answer and name what was read.
namespace helenus::management::jmx {

/// The attributes of an AttributeList by name.
class attribute_set {
 public:
  explicit attribute_set(std::vector<std::pair<std::string, ::helenus::jmx::value>> attributes);
  result<std::string> text(const std::string& name) const;
  result<std::vector<std::string>> texts(const std::string& name) const;
  result<std::map<std::string, std::string>> text_map(const std::string& name) const;

 private:
  template <class Value>
  result<Value> read(const std::string& name,
                     result<Value> (::helenus::jmx::value::*how)() const) const;

  std::map<std::string, ::helenus::jmx::value> attributes_;
};

result<node_identity> read_identity(const attribute_set& service, std::int64_t jvm_start_ms);
result<link::ring_facts> read_ring_facts(const attribute_set& service,
                                         std::string_view endpoint_states);
result<std::vector<link::range_fact>> read_ranges(const ::helenus::jmx::value& answer);
result<std::vector<link::running_compaction>> read_compactions(const ::helenus::jmx::value& answer);
link::service_notification read_notification(const ::helenus::jmx::notification& said);
/// The number in the MBean name type "Repair#17".
std::optional<std::int32_t> command_of_mbean(std::string_view type);

}  // namespace helenus::management::jmx
