#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::jmx {

/// The flags of a class descriptor.
inline constexpr std::uint8_t flag_write_method = 0x01;
inline constexpr std::uint8_t flag_serializable = 0x02;
inline constexpr std::uint8_t flag_externalizable = 0x04;
inline constexpr std::uint8_t flag_block_data = 0x08;
inline constexpr std::uint8_t flag_enum = 0x10;

/// A serialized field: its type byte (B C D F I J S Z [ L) and name.
struct field_description {
  char type = 0;
  std::string name;
};

/// A class as the stream describes it.
struct class_description {
  static constexpr std::uint32_t none = 0xffffffff;

  std::string name;
  std::uint64_t version = 0;
  std::uint8_t flags = 0;
  bool proxy = false;
  bool complete = false;  ///< read to its end: only then may it describe anything
  std::vector<field_description> fields;
  std::uint32_t super = none;
  std::uint32_t chain = 1;       ///< itself and its superclasses
  std::uint32_t all_fields = 0;  ///< of the whole chain
};

/// All that one message says, in flat arrays: no pointers to follow when it is destroyed, and
/// cycles are only equal numbers. Written by object_reader, then never changed.
class graph {
 public:
  enum class node_kind : std::uint8_t {
    null,
    string,         ///< first, count: UTF-8 in `bytes`
    object,         ///< first: slots, superclass fields first; sections
    array,          ///< first, count: slots that are nodes
    numbers,        ///< a primitive array; first: big-endian in `bytes`, count: elements
    enum_constant,  ///< first: the node of its name
    type,           ///< a Class object
    description,    ///< a class descriptor
  };
  struct node {
    node_kind kind = node_kind::null;
    char element = 0;        ///< of `numbers`
    std::uint32_t type = 0;  ///< class
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::uint32_t section = 0;
    std::uint32_t sections = 0;
  };
  /// What a class wrote by itself, after its fields.
  struct section {
    std::uint32_t type = 0;
    std::uint32_t first = 0;  ///< items
    std::uint32_t count = 0;
  };
  /// A run of block data, or an object.
  struct item {
    static constexpr std::uint32_t data = 0xffffffff;
    std::uint32_t node = data;
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
  };

  /// Node 0 is null.
  std::vector<node> nodes = {node{}};
  std::vector<class_description> classes;
  /// A node number, or the bits of a primitive in their low bytes.
  std::vector<std::uint64_t> slots;
  std::vector<section> sections;
  std::vector<item> items;
  std::string bytes;

  std::string_view text(const node& string) const {
    return std::string_view(bytes).substr(string.first, string.count);
  }
  std::string_view data(const item& run) const {
    return std::string_view(bytes).substr(run.offset, run.length);
  }
};

/// Bytes that one element or field of a primitive type takes; 0 for references and unknown types.
constexpr std::size_t primitive_size(char type) {
  switch (type) {
    case 'B':
    case 'Z':
      return 1;
    case 'C':
    case 'S':
      return 2;
    case 'F':
    case 'I':
      return 4;
    case 'D':
    case 'J':
      return 8;
    default:
      return 0;
  }
}

/// The first `size` bytes of `bytes` as a big-endian number. They must be there.
constexpr std::uint64_t big_endian(std::string_view bytes, std::size_t size) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < size; ++i)
    number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

}  // namespace helenus::jmx
