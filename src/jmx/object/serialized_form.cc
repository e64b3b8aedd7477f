#include "jmx/object/serialized_form.h"

#include <bit>

namespace helenus::jmx {

std::int64_t slot::integer() const {
  switch (type) {
    case 'B':
      return static_cast<std::int8_t>(bits);
    case 'S':
      return static_cast<std::int16_t>(bits);
    case 'I':
      return static_cast<std::int32_t>(bits);
    default:
      return static_cast<std::int64_t>(bits);
  }
}

double slot::real() const {
  if (type == 'F')
    return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  if (type == 'D') return std::bit_cast<double>(bits);
  return static_cast<double>(integer());
}

const graph::node& node_of(const value& what) {
  static const graph::node null;
  return what.owner() ? what.owner()->nodes[what.node()] : null;
}

std::optional<slot> find_field(const value& object, std::string_view name,
                               std::string_view declaring_class) {
  const auto& node = node_of(object);
  if (node.kind != graph::node_kind::object || node.count == 0) return std::nullopt;
  const auto& all = *object.owner();
  // The slots of the class itself are the last ones, before them those of its superclass.
  auto end = node.first + node.count;
  for (auto type = node.type; type != class_description::none; type = all.classes[type].super) {
    const auto& description = all.classes[type];
    const auto count = static_cast<std::uint32_t>(description.fields.size());
    end -= count;
    if (!declaring_class.empty() && description.name != declaring_class) continue;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (description.fields[i].name == name) {
        return slot{description.fields[i].type, all.slots[end + i]};
      }
    }
  }
  return std::nullopt;
}

content_cursor::content_cursor(const value& object, std::string_view class_name)
    : graph_(object.owner()) {
  const auto& node = node_of(object);
  if (node.kind != graph::node_kind::object) return;
  for (std::uint32_t i = 0; i < node.sections; ++i) {
    const auto& section = graph_->sections[node.section + i];
    if (graph_->classes[section.type].name != class_name) continue;
    item_ = section.first;
    end_ = section.first + section.count;
    return;
  }
}

std::optional<std::string_view> content_cursor::data(std::size_t size) {
  if (item_ == end_ || graph_->items[item_].node != graph::item::data) return std::nullopt;
  const auto run = graph_->data(graph_->items[item_]);
  if (run.size() - position_ < size) return std::nullopt;
  const auto found = run.substr(position_, size);
  position_ += static_cast<std::uint32_t>(size);
  if (position_ == run.size()) {
    ++item_;
    position_ = 0;
  }
  return found;
}

std::optional<std::uint64_t> content_cursor::number(std::size_t size) {
  const auto bytes = data(size);
  if (!bytes) return std::nullopt;
  return big_endian(*bytes, size);
}

std::optional<std::int32_t> content_cursor::integer() {
  const auto found = number(4);
  if (!found) return std::nullopt;
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(*found));
}

std::optional<value> content_cursor::next() {
  while (item_ != end_ && graph_->items[item_].node == graph::item::data) {
    ++item_;
    position_ = 0;
  }
  if (item_ == end_) return std::nullopt;
  return value(graph_, graph_->items[item_++].node);
}

}  // namespace helenus::jmx
