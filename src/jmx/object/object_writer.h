#pragma once

#include "jmx/object/argument.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::jmx {

/// Writes one Java object stream, byte for byte as Java's ObjectOutputStream would write it (but
/// every string anew: whether two strings are one object is Java's own affair).
class object_writer {
 public:
  enum class style {
    annotated,  ///< RMI calls: every class descriptor says "no codebase"
    plain,      ///< the stream inside a MarshalledObject
  };

  explicit object_writer(style style);

  // --- block data ---
  void put_bytes(std::string_view bytes);
  void put_int(std::int32_t number);
  void put_long(std::int64_t number);

  // --- objects ---
  void write(const argument& what);
  /// An array of ObjectNames (ObjectName[], not Object[]).
  void write_names(const std::vector<std::string>& names);
  /// Integer[]
  void write_integers(const std::vector<std::int32_t>& numbers);
  /// MarshalledObject around `what`; around null when that is null.
  void write_marshalled(const argument& what);
  /// MarshalledObject around an Attribute.
  void write_marshalled_attribute(std::string_view name, const argument& to);
  /// MarshalledObject[] of so many marshalled nulls, and Subject[] of so many nulls.
  void write_no_filters(std::size_t count);
  void write_null_subjects(std::size_t count);

  /// The whole stream.
  std::string finish();

 private:
  struct field {
    char type;
    std::string_view name;
    std::string_view reference = {};  // for [ and L: the type
  };

  void flush_block();
  void raw(std::uint64_t number, std::size_t size);
  void code(std::uint8_t code);
  void text(std::string_view utf);
  void type_string(std::string_view type);
  void string(std::string_view utf8);
  bool begin_description(std::string_view name, std::uint64_t version, std::uint8_t flags,
                         const std::vector<field>& fields);
  void description(std::string_view name, std::uint64_t version, std::uint8_t flags,
                   const std::vector<field>& fields = {});
  void number_description(std::string_view name, std::uint64_t version, char type);
  void array_begin(std::string_view name, std::uint64_t version, std::size_t count);

  void write_integer(std::int32_t number);
  void write_sequence(const argument::sequence& elements);
  void write_map(const argument::dictionary& map);
  void write_name(std::string_view text);
  void write_marshalled_stream(const std::string& stream);

  style style_;
  std::string stream_;
  std::string block_;
  std::uint32_t next_handle_;
  std::map<std::string, std::uint32_t, std::less<>> classes_;
  std::map<std::string, std::uint32_t, std::less<>> type_strings_;
};

/// The hash that a MarshalledObject carries of its bytes.
std::int32_t marshalled_hash(std::string_view stream);

}  // namespace helenus::jmx
