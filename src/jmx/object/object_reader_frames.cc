// The frames of object_reader: how each kind of content is read, one step at a time.
#include "jmx/errc.h"
#include "jmx/object/modified_utf8.h"
#include "jmx/object/object_reader.h"
#include "jmx/object/stream_codes.h"

#include <algorithm>

namespace helenus::jmx {

std::uint64_t object_reader::peek(std::size_t offset, std::size_t size) const {
  return big_endian(std::string_view(input_).substr(position_ + offset, size), size);
}

std::uint64_t object_reader::take(std::size_t size) {
  const auto number = peek(0, size);
  position_ += size;
  return number;
}

// Whether a u16 length and so many bytes have arrived.
bool object_reader::has_text(std::size_t offset) const {
  return available() >= offset + 2 && available() >= offset + 2 + peek(offset, 2);
}

result<std::string> object_reader::take_text() {
  const auto size = take(2);
  auto text = from_modified_utf8(std::string_view(input_).substr(position_, size));
  position_ += size;
  return text;
}

// Moves what has arrived into the graph; true when nothing is left to come.
bool object_reader::copy_bytes(frame& top) {
  const auto size = std::min<std::uint64_t>(top.left, available());
  graph_->bytes.append(input_, position_, size);
  position_ += size;
  top.left -= size;
  return top.left == 0;
}

result<void> object_reader::count_values(std::size_t count) {
  values_ += count;
  if (values_ > limits_.values) return exceeded("values of a message");
  return {};
}

result<std::uint32_t> object_reader::add_node(graph::node_kind kind, std::uint32_t type,
                                              bool handle) {
  TRY_VOID(count_values(1));
  const auto node = static_cast<std::uint32_t>(graph_->nodes.size());
  graph_->nodes.push_back({.kind = kind, .type = type});
  if (handle) {
    if (handles_.size() >= limits_.handles) return exceeded("handles of a message");
    handles_.push_back(node);
  }
  return node;
}

// The class that a descriptor node stands for; only a complete one describes anything.
result<std::uint32_t> object_reader::described(std::uint32_t node) const {
  const auto& candidate = graph_->nodes[node];
  if (candidate.kind != graph::node_kind::description ||
      !graph_->classes[candidate.type].complete) {
    return malformed("no complete class descriptor where one must stand");
  }
  return candidate.type;
}

result<object_reader::progress> object_reader::step_string() {
  auto& top = stack_.back();
  if (!copy_bytes(top)) return progress::more;
  auto& bytes = graph_->bytes;
  TRY(size, decode_modified_utf8(bytes.data() + top.start, bytes.size() - top.start));
  bytes.resize(top.start + size);
  const auto node = top.node;
  graph_->nodes[node].first = static_cast<std::uint32_t>(top.start);
  graph_->nodes[node].count = static_cast<std::uint32_t>(size);
  stack_.pop_back();
  TRY_VOID(deliver(node));
  return progress::again;
}

result<object_reader::progress> object_reader::step_block() {
  if (!copy_bytes(stack_.back())) return progress::more;
  const auto start = static_cast<std::uint32_t>(stack_.back().start);
  const auto end = static_cast<std::uint32_t>(graph_->bytes.size());
  stack_.pop_back();
  auto& top = stack_.back();
  if (top.phase != phase::contents) return progress::again;  // in an annotation
  // Where a writer cuts its blocks means nothing: neighbours are one run.
  const bool in_section = top.items.size() > top.sections.back().first;
  if (in_section && top.items.back().node == graph::item::data &&
      top.items.back().offset + top.items.back().length == start) {
    top.items.back().length += end - start;
  } else if (end > start) {
    TRY_VOID(count_values(1));
    top.items.push_back({graph::item::data, start, end - start});
  }
  return progress::again;
}

result<object_reader::progress> object_reader::step_numbers() {
  auto& top = stack_.back();
  if (!copy_bytes(top)) return progress::more;
  const auto node = top.node;
  stack_.pop_back();
  TRY_VOID(deliver(node));
  return progress::again;
}

result<object_reader::progress> object_reader::step_constant() {
  return begin_content(stack_.back().phase == phase::begin ? want::description : want::string);
}

// --- arrays ---

result<object_reader::progress> object_reader::step_array() {
  auto& top = stack_.back();
  if (top.phase == phase::begin) return begin_content(want::description);
  if (top.phase == phase::elements && top.left > 0) return begin_content(want::anything);
  if (top.phase == phase::elements) {
    auto& node = graph_->nodes[top.node];
    node.first = static_cast<std::uint32_t>(graph_->slots.size());
    node.count = static_cast<std::uint32_t>(top.elements.size());
    graph_->slots.insert(graph_->slots.end(), top.elements.begin(), top.elements.end());
    const auto done = top.node;
    stack_.pop_back();
    TRY_VOID(deliver(done));
    return progress::again;
  }
  if (available() < 4) return progress::more;
  const auto length = take(4);
  if (length > 0x7fffffff) return malformed("an array of negative length");
  if (length > limits_.array_elements) return exceeded("elements of an array");
  const char element = graph_->classes[top.type].name[1];
  const auto size = primitive_size(element);
  top.left = length;
  top.phase = phase::elements;
  if (size != 0) {
    TRY_VOID(count_values(length));
    top.left = length * size;
    top.kind = frame_kind::numbers;
    auto& node = graph_->nodes[top.node];
    node.kind = graph::node_kind::numbers;
    node.element = element;
    node.first = static_cast<std::uint32_t>(graph_->bytes.size());
    node.count = static_cast<std::uint32_t>(length);
  }
  return progress::again;
}

result<void> object_reader::accept_array(std::uint32_t node) {
  auto& top = stack_.back();
  if (top.phase == phase::elements) {
    TRY_VOID(count_values(1));
    top.elements.push_back(node);
    --top.left;
    return {};
  }
  TRY(type, described(node));
  const auto& name = graph_->classes[type].name;
  if (name.size() < 2 || name[0] != '[' ||
      (primitive_size(name[1]) == 0 && name[1] != 'L' && name[1] != '[')) {
    return malformed("an array of a class that is no array");
  }
  TRY(array, add_node(graph::node_kind::array, type));
  top.node = array;
  top.type = type;
  top.phase = phase::fields;
  return {};
}

// --- objects ---

result<object_reader::progress> object_reader::step_object() {
  auto& top = stack_.back();
  if (top.phase == phase::begin) return begin_content(want::description);
  if (top.phase == phase::contents) return begin_contents();
  if (top.phase == phase::external) {
    // Of the classes that write without any framing only Duration and Instant are known:
    // a type, then seconds and nanoseconds.
    constexpr std::size_t size = 13;
    if (available() < 1) return progress::more;
    if (peek(0, 1) != 1 && peek(0, 1) != 2) return malformed("an unknown java.time value");
    if (available() < size) return progress::more;
    const auto offset = static_cast<std::uint32_t>(graph_->bytes.size());
    graph_->bytes.append(input_, position_, size);
    position_ += size;
    top.sections.push_back({top.type, 0, 1});
    top.items.push_back({graph::item::data, offset, size});
    TRY_VOID(end_object());
    return progress::again;
  }
  const auto& type = graph_->classes[top.chain[top.index]];
  if (top.field == type.fields.size()) {
    TRY_VOID(end_class());
    return progress::again;
  }
  const auto size = primitive_size(type.fields[top.field].type);
  if (size == 0) return begin_content(want::anything);
  if (available() < size) return progress::more;
  graph_->slots[top.slot++] = take(size);
  ++top.field;
  return progress::again;
}

result<void> object_reader::accept_object(std::uint32_t node) {
  auto& top = stack_.back();
  if (top.phase == phase::begin) {
    TRY(type, described(node));
    return begin_object(type);
  }
  if (top.phase == phase::contents) {
    TRY_VOID(count_values(1));
    top.items.push_back({.node = node});
    return {};
  }
  graph_->slots[top.slot++] = node;
  ++top.field;
  return {};
}

result<void> object_reader::begin_object(std::uint32_t type) {
  auto& top = stack_.back();
  const auto& own = graph_->classes[type];
  if ((own.flags & flag_enum) != 0 || own.name.starts_with('[') ||
      (own.flags & (flag_serializable | flag_externalizable)) == 0) {
    return malformed("an object of " + own.name + ", which cannot be written as one");
  }
  TRY(node, add_node(graph::node_kind::object, type));
  top.node = node;
  top.type = type;
  auto& object = graph_->nodes[node];
  object.first = static_cast<std::uint32_t>(graph_->slots.size());
  if ((own.flags & flag_externalizable) != 0) {
    top.chain = {type};
    if ((own.flags & flag_block_data) != 0) {
      top.phase = phase::contents;
      top.sections.push_back({type, 0, 0});
    } else if (own.name == "java.time.Ser") {
      top.phase = phase::external;
    } else {
      return malformed("the form of " + own.name + " is known to Java only");
    }
    return {};
  }
  for (auto link = type; link != class_description::none; link = graph_->classes[link].super) {
    top.chain.push_back(link);
  }
  std::reverse(top.chain.begin(), top.chain.end());
  TRY_VOID(count_values(own.all_fields));
  object.count = own.all_fields;
  top.slot = object.first;
  graph_->slots.resize(graph_->slots.size() + own.all_fields);
  top.phase = phase::fields;
  return {};
}

// All fields of a class are read: what it wrote by itself follows, or the next class.
result<void> object_reader::end_class() {
  auto& top = stack_.back();
  const auto type = top.chain[top.index];
  if ((graph_->classes[type].flags & flag_write_method) != 0) {
    TRY_VOID(count_values(1));
    top.sections.push_back({type, static_cast<std::uint32_t>(top.items.size()), 0});
    top.phase = phase::contents;
    return {};
  }
  next_class();
  return top.index == top.chain.size() ? end_object() : result<void>();
}

void object_reader::next_class() {
  auto& top = stack_.back();
  ++top.index;
  top.field = 0;
  top.phase = phase::fields;
}

// The end mark of contents was read.
result<void> object_reader::end_contents() {
  auto& top = stack_.back();
  if (top.phase == phase::annotation) {
    top.phase = phase::super;
    return {};
  }
  auto& section = top.sections.back();
  section.count = static_cast<std::uint32_t>(top.items.size()) - section.first;
  next_class();
  return top.index == top.chain.size() ? end_object() : result<void>();
}

result<void> object_reader::end_object() {
  auto& top = stack_.back();
  const auto node = top.node;
  auto& object = graph_->nodes[node];
  object.section = static_cast<std::uint32_t>(graph_->sections.size());
  object.sections = static_cast<std::uint32_t>(top.sections.size());
  const auto first = static_cast<std::uint32_t>(graph_->items.size());
  for (auto& section : top.sections) {
    section.first += first;
    graph_->sections.push_back(section);
  }
  graph_->items.insert(graph_->items.end(), top.items.begin(), top.items.end());
  stack_.pop_back();
  return deliver(node);
}

}  // namespace helenus::jmx
