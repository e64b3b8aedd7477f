// How object_reader reads class descriptors.
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"

namespace helenus::jmx {
namespace {

// What is wrong with the flags of a class; null when nothing is.
const char* flags_problem(std::uint8_t flags, std::size_t fields) {
  const bool serializable = (flags & flag_serializable) != 0;
  const bool externalizable = (flags & flag_externalizable) != 0;
  if (serializable && externalizable) return "a class that is serializable in two ways";
  if ((flags & flag_write_method) != 0 && !serializable) return "own data in a class without any";
  if ((flags & flag_enum) != 0 && (!serializable || fields != 0)) return "an enum with fields";
  if ((flags & flag_block_data) != 0 && !externalizable) return "blocks in a class without any";
  if (fields != 0 && !serializable) return "fields in a class that has none";
  return nullptr;
}

}  // namespace

result<object_reader::progress> object_reader::step_description() {
  auto& top = stack_.back();
  if (top.phase == phase::annotation) return begin_contents();
  if (top.phase == phase::super) return begin_content(want::description);
  if (top.phase == phase::field_type) return begin_content(want::string);
  if (top.phase == phase::begin) {
    constexpr std::size_t after_name = 8 + 1 + 2;
    if (!has_text(0) || available() < 2 + peek(0, 2) + after_name) return progress::more;
    class_description type;
    TRY(name, take_text());
    type.name = std::move(name);
    type.version = take(8);
    type.flags = static_cast<std::uint8_t>(take(1));
    top.left = take(2);
    if (top.left > limits_.fields) return exceeded("fields of a class");
    if (const auto* problem = flags_problem(type.flags, top.left)) return malformed(problem);
    top.type = static_cast<std::uint32_t>(graph_->classes.size());
    graph_->classes.push_back(std::move(type));
    TRY(node, add_node(graph::node_kind::description, top.type));
    top.node = node;
    top.phase = phase::fields;
  }
  if (top.left == 0) {
    top.phase = phase::annotation;
    return progress::again;
  }
  if (available() < 1 || !has_text(1)) return progress::more;
  const char type = static_cast<char>(take(1));
  if (primitive_size(type) == 0 && type != 'L' && type != '[') {
    return malformed("a field of an unknown type");
  }
  TRY_VOID(count_values(1));
  TRY(name, take_text());
  graph_->classes[top.type].fields.push_back({type, std::move(name)});
  --top.left;
  if (type == 'L' || type == '[') top.phase = phase::field_type;
  return progress::again;
}

result<object_reader::progress> object_reader::step_proxy() {
  auto& top = stack_.back();
  if (top.phase == phase::annotation) return begin_contents();
  if (top.phase == phase::super) return begin_content(want::description);
  if (top.phase == phase::begin) {
    if (available() < 4) return progress::more;
    top.left = take(4);
    if (top.left > limits_.interfaces) return exceeded("interfaces of a proxy");
    top.type = static_cast<std::uint32_t>(graph_->classes.size());
    class_description type;
    type.name = "(proxy)";
    type.flags = flag_serializable;
    type.proxy = true;
    graph_->classes.push_back(std::move(type));
    TRY(node, add_node(graph::node_kind::description, top.type));
    top.node = node;
    top.phase = phase::fields;
  }
  if (top.left == 0) {
    top.phase = phase::annotation;
    return progress::again;
  }
  if (!has_text(0)) return progress::more;
  TRY_VOID(take_text());
  --top.left;
  return progress::again;
}

result<void> object_reader::accept_description(std::uint32_t node) {
  switch (stack_.back().phase) {
    case phase::field_type:
      return add_field_type(node);
    case phase::annotation:
      return {};  // where the class could be loaded from: nothing we would do
    default:
      return end_description(node);
  }
}

// The type of a reference field, which must agree with its type byte.
result<void> object_reader::add_field_type(std::uint32_t node) {
  auto& top = stack_.back();
  const auto text = graph_->text(graph_->nodes[node]);
  if (!text.starts_with(graph_->classes[top.type].fields.back().type)) {
    return malformed("a field whose two types contradict each other");
  }
  top.phase = phase::fields;
  return {};
}

result<void> object_reader::end_description(std::uint32_t super) {
  const auto done = stack_.back().node;
  const auto index = stack_.back().type;
  auto& type = graph_->classes[index];
  type.all_fields = static_cast<std::uint32_t>(type.fields.size());
  if (super != 0) {
    // Only a complete class can be a superclass, so a chain cannot contain itself.
    TRY(above, described(super));
    const auto& parent = graph_->classes[above];
    type.super = above;
    type.chain = parent.chain + 1;
    type.all_fields += parent.all_fields;
    if (type.chain > limits_.class_chain) return exceeded("superclasses of a class");
  }
  type.complete = true;
  stack_.pop_back();
  return deliver(done);
}

error object_reader::malformed(std::string what) const {
  return {errc::malformed, "malformed object stream near byte " +
                               std::to_string(fed_ - available()) + ": " + std::move(what)};
}

error object_reader::exceeded(const char* what) const {
  return {errc::limit_exceeded, std::string("the answer exceeds the limit for ") + what};
}

}  // namespace helenus::jmx
