#include "jmx/object/object_writer.h"

#include "base/overload.h"
#include "jmx/object/graph.h"
#include "jmx/object/modified_utf8.h"
#include "jmx/object/stream_codes.h"

#include <algorithm>
#include <bit>

namespace helenus::jmx {
namespace {

constexpr std::size_t longest_block = 255;
constexpr std::size_t longest_short_string = 65535;
constexpr std::size_t most_block_bytes = 1024;  // where Java's writer cuts

// What Java writes for collections of `count` elements: it reads neither, but refuses nonsense.
std::uint64_t buckets(std::size_t count) {
  return std::max<std::size_t>(16, std::bit_ceil(count + count / 3 + 1));
}

}  // namespace

object_writer::object_writer(style style)
    : style_(style), stream_(stream_header), next_handle_(first_handle) {}

std::string object_writer::finish() {
  flush_block();
  return std::move(stream_);
}

void object_writer::put_bytes(std::string_view bytes) { block_ += bytes; }

void object_writer::put_int(std::int32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) block_ += static_cast<char>(number >> shift);
}

void object_writer::put_long(std::int64_t number) {
  put_int(static_cast<std::int32_t>(number >> 32));
  put_int(static_cast<std::int32_t>(number));
}

void object_writer::flush_block() {
  for (std::size_t at = 0; at < block_.size();) {
    const auto size = std::min(block_.size() - at, most_block_bytes);
    if (size <= longest_block) {
      raw(tc_block_data, 1);
      raw(size, 1);
    } else {
      raw(tc_block_data_long, 1);
      raw(size, 4);
    }
    stream_.append(block_, at, size);
    at += size;
  }
  block_.clear();
}

void object_writer::raw(std::uint64_t number, std::size_t size) {
  for (std::size_t i = size; i-- > 0;) stream_ += static_cast<char>(number >> (8 * i));
}

void object_writer::code(std::uint8_t code) {
  flush_block();
  raw(code, 1);
}

// A name in a class descriptor: ours, short ASCII.
void object_writer::text(std::string_view utf) {
  raw(utf.size(), 2);
  stream_ += utf;
}

// The type of a reference field: written once, then referred to.
void object_writer::type_string(std::string_view type) {
  const auto known = type_strings_.find(type);
  if (known != type_strings_.end()) {
    raw(tc_reference, 1);
    raw(known->second, 4);
    return;
  }
  type_strings_.emplace(type, next_handle_++);
  raw(tc_string, 1);
  text(type);
}

void object_writer::string(std::string_view utf8) {
  const auto bytes = to_modified_utf8(utf8);
  if (bytes.size() <= longest_short_string) {
    code(tc_string);
    raw(bytes.size(), 2);
  } else {
    code(tc_long_string);
    raw(bytes.size(), 8);
  }
  stream_ += bytes;
  ++next_handle_;
}

// Writes a reference and answers false when the class was described before; otherwise the caller
// goes on with the superclass.
bool object_writer::begin_description(std::string_view name, std::uint64_t version,
                                      std::uint8_t flags, const std::vector<field>& fields) {
  const auto known = classes_.find(name);
  if (known != classes_.end()) {
    code(tc_reference);
    raw(known->second, 4);
    return false;
  }
  code(tc_class_description);
  text(name);
  raw(version, 8);
  classes_.emplace(name, next_handle_++);
  raw(flags, 1);
  raw(fields.size(), 2);
  for (const auto& field : fields) {
    raw(static_cast<std::uint8_t>(field.type), 1);
    text(field.name);
    if (!field.reference.empty()) type_string(field.reference);
  }
  if (style_ == style::annotated) raw(tc_null, 1);
  raw(tc_end_block_data, 1);
  return true;
}

void object_writer::description(std::string_view name, std::uint64_t version, std::uint8_t flags,
                                const std::vector<field>& fields) {
  if (begin_description(name, version, flags, fields)) raw(tc_null, 1);
}

void object_writer::number_description(std::string_view name, std::uint64_t version, char type) {
  if (begin_description(name, version, flag_serializable, {{type, "value"}})) {
    description("java.lang.Number", 0x86ac951d0b94e08b, flag_serializable);
  }
}

void object_writer::array_begin(std::string_view name, std::uint64_t version, std::size_t count) {
  code(tc_array);
  description(name, version, flag_serializable);
  ++next_handle_;
  raw(count, 4);
}

void object_writer::write(const argument& what) {
  std::visit(base::overload{
                 [&](std::monostate) { code(tc_null); },
                 [&](bool truth) {
                   code(tc_object);
                   description("java.lang.Boolean", 0xcd207280d59cfaee, flag_serializable,
                               {{'Z', "value"}});
                   ++next_handle_;
                   raw(truth ? 1 : 0, 1);
                 },
                 [&](std::int32_t number) { write_integer(number); },
                 [&](std::int64_t number) {
                   code(tc_object);
                   number_description("java.lang.Long", 0x3b8be490cc8f23df, 'J');
                   ++next_handle_;
                   raw(static_cast<std::uint64_t>(number), 8);
                 },
                 [&](double number) {
                   code(tc_object);
                   number_description("java.lang.Double", 0x80b3c24a296bfb04, 'D');
                   ++next_handle_;
                   raw(std::bit_cast<std::uint64_t>(number), 8);
                 },
                 [&](const std::string& text) { string(text); },
                 [&](const std::vector<std::string>& strings) {
                   array_begin("[Ljava.lang.String;", 0xadd256e7e91d7b47, strings.size());
                   for (const auto& text : strings) string(text);
                 },
                 [&](const argument::sequence& elements) { write_sequence(elements); },
                 [&](const argument::dictionary& map) { write_map(map); },
                 [&](const argument::name_text& name) { write_name(name.text); },
             },
             what.data());
}

void object_writer::write_integer(std::int32_t number) {
  code(tc_object);
  number_description("java.lang.Integer", 0x12e2a0a4f7818738, 'I');
  ++next_handle_;
  raw(static_cast<std::uint32_t>(number), 4);
}

void object_writer::write_sequence(const argument::sequence& elements) {
  constexpr std::uint64_t load_factor = 0x3f400000;  // 0.75
  const auto count = elements.elements.size();
  switch (elements.kind) {
    case argument::sequence_kind::array:
      array_begin("[Ljava.lang.Object;", 0x90ce589f1073296c, count);
      for (const auto& element : elements.elements) write(element);
      return;
    case argument::sequence_kind::list:
      code(tc_object);
      description("java.util.ArrayList", 0x7881d21d99c7619d, flag_serializable | flag_write_method,
                  {{'I', "size"}});
      ++next_handle_;
      raw(count, 4);
      put_int(static_cast<std::int32_t>(count));
      break;
    case argument::sequence_kind::set:
      code(tc_object);
      description("java.util.HashSet", 0xba44859596b8b734, flag_serializable | flag_write_method);
      ++next_handle_;
      put_int(static_cast<std::int32_t>(buckets(count)));
      put_int(load_factor);
      put_int(static_cast<std::int32_t>(count));
      break;
  }
  for (const auto& element : elements.elements) write(element);
  code(tc_end_block_data);
}

void object_writer::write_map(const argument::dictionary& map) {
  const auto size = buckets(map.entries.size());
  code(tc_object);
  description("java.util.HashMap", 0x0507dac1c31660d1, flag_serializable | flag_write_method,
              {{'F', "loadFactor"}, {'I', "threshold"}});
  ++next_handle_;
  raw(0x3f400000, 4);
  raw(size / 4 * 3, 4);
  put_int(static_cast<std::int32_t>(size));
  put_int(static_cast<std::int32_t>(map.entries.size()));
  for (const auto& [key, mapped] : map.entries) {
    write(key);
    write(mapped);
  }
  code(tc_end_block_data);
}

void object_writer::write_name(std::string_view text) {
  code(tc_object);
  description("javax.management.ObjectName", 0x0f03a71beb6d15cf,
              flag_serializable | flag_write_method);
  ++next_handle_;
  string(text);
  code(tc_end_block_data);
}

void object_writer::write_names(const std::vector<std::string>& names) {
  array_begin("[Ljavax.management.ObjectName;", 0x11838f543538c9ee, names.size());
  for (const auto& name : names) write_name(name);
}

void object_writer::write_integers(const std::vector<std::int32_t>& numbers) {
  array_begin("[Ljava.lang.Integer;", 0xfe97ada00183e21b, numbers.size());
  for (const auto number : numbers) write_integer(number);
}

void object_writer::write_no_filters(std::size_t count) {
  array_begin("[Ljava.rmi.MarshalledObject;", 0x9e683287739f6bfe, count);
  for (std::size_t i = 0; i < count; ++i) write_marshalled({});
}

void object_writer::write_null_subjects(std::size_t count) {
  array_begin("[Ljavax.security.auth.Subject;", 0x587fe42963ddea58, count);
  for (std::size_t i = 0; i < count; ++i) code(tc_null);
}

void object_writer::write_marshalled(const argument& what) {
  if (std::holds_alternative<std::monostate>(what.data())) return write_marshalled_stream({});
  object_writer inner(style::plain);
  inner.write(what);
  write_marshalled_stream(inner.finish());
}

void object_writer::write_marshalled_attribute(std::string_view name, const argument& to) {
  object_writer inner(style::plain);
  inner.code(tc_object);
  inner.description("javax.management.Attribute", 0x2279b907538b3b0e, flag_serializable,
                    {{'L', "name", "Ljava/lang/String;"}, {'L', "value", "Ljava/lang/Object;"}});
  ++inner.next_handle_;
  inner.string(name);
  inner.write(to);
  write_marshalled_stream(inner.finish());
}

// An empty stream stands for null.
void object_writer::write_marshalled_stream(const std::string& stream) {
  constexpr std::int32_t hash_of_null = 13;
  code(tc_object);
  description("java.rmi.MarshalledObject", 0x7cbd1e97ed63fc3e, flag_serializable,
              {{'I', "hash"}, {'[', "locBytes", "[B"}, {'[', "objBytes", "[B"}});
  ++next_handle_;
  const auto hash = stream.empty() ? hash_of_null : marshalled_hash(stream);
  raw(static_cast<std::uint32_t>(hash), 4);
  code(tc_null);  // locBytes: no codebase
  if (stream.empty()) return code(tc_null);
  array_begin("[B", 0xacf317f8060854e0, stream.size());
  stream_ += stream;
}

std::int32_t marshalled_hash(std::string_view stream) {
  std::uint32_t hash = 0;
  for (const char byte : stream) {
    hash = 31 * hash + static_cast<std::uint32_t>(static_cast<std::int8_t>(byte));
  }
  return static_cast<std::int32_t>(hash);
}

}  // namespace helenus::jmx
