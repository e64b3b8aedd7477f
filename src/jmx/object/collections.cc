// The serialized forms of Java's collections, seen as elements and entries.
#include "jmx/errc.h"
#include "jmx/object/serialized_form.h"
#include "jmx/object/value.h"

#include <algorithm>

namespace helenus::jmx {
namespace {

using values = std::vector<value>;

// How a class writes its elements. In a map, keys and values alternate.
enum class form {
  counted,          // i32 count, elements
  after_one_int,    // i32, i32 count, elements
  after_two_ints,   // i32, i32 (or f32), i32 count, elements
  after_object,     // object, i32 count, elements
  sized,            // count in field `size`; i32, elements
  until_null,       // elements, null
  until_two_nulls,  // as until_null, in pairs
  array,            // all of an array in a field
  counted_array,    // field elementCount of field elementData
  inner,            // another collection in a field
  keys,             // the keys of a map in a field
  none,             // empty
  single,           // one element, in a field
  copies,           // n times a field
  pair,             // fields k and v
  two_columns,      // fields keys and values
  tagged,           // java.util.CollSer: what it is stands in field `tag`
  multimap,         // i32 keys; each: key, i32 count, values
};

struct known_class {
  std::string_view name;
  bool is_map;
  form how;
  std::string_view field = {};
};

constexpr known_class known[] = {
    {"java.util.ArrayList", false, form::sized},
    {"java.util.PriorityQueue", false, form::sized},
    {"java.util.LinkedList", false, form::counted},
    {"java.util.ArrayDeque", false, form::counted},
    {"java.util.concurrent.CopyOnWriteArrayList", false, form::counted},
    {"java.util.Vector", false, form::counted_array},
    {"java.util.concurrent.ConcurrentLinkedQueue", false, form::until_null},
    {"java.util.concurrent.LinkedBlockingQueue", false, form::until_null},
    {"java.util.HashSet", false, form::after_two_ints},
    {"java.util.TreeSet", false, form::after_object},
    {"java.util.concurrent.ConcurrentSkipListSet", false, form::keys, "m"},
    {"java.util.concurrent.ConcurrentHashMap$CollectionView", false, form::keys, "map"},
    {"java.util.concurrent.CopyOnWriteArraySet", false, form::inner, "al"},
    {"java.util.EnumSet$SerializationProxy", false, form::array, "elements"},
    {"java.util.Collections$SetFromMap", false, form::keys, "m"},
    {"java.util.Arrays$ArrayList", false, form::array, "a"},
    {"java.util.CollSer", false, form::tagged},
    {"java.util.Collections$EmptyList", false, form::none},
    {"java.util.Collections$EmptySet", false, form::none},
    {"java.util.Collections$SingletonList", false, form::single, "element"},
    {"java.util.Collections$SingletonSet", false, form::single, "element"},
    {"java.util.Collections$CopiesList", false, form::copies, "element"},
    {"java.util.Collections$UnmodifiableCollection", false, form::inner, "c"},
    {"java.util.Collections$SynchronizedCollection", false, form::inner, "c"},
    {"com.google.common.collect.ImmutableList$SerializedForm", false, form::array, "elements"},
    {"com.google.common.collect.ImmutableSet$SerializedForm", false, form::array, "elements"},

    {"java.util.HashMap", true, form::after_one_int},
    {"java.util.Hashtable", true, form::after_one_int},
    {"java.util.TreeMap", true, form::counted},
    {"java.util.EnumMap", true, form::counted},
    {"java.util.IdentityHashMap", true, form::counted},
    {"java.util.concurrent.ConcurrentHashMap", true, form::until_two_nulls},
    {"java.util.concurrent.ConcurrentSkipListMap", true, form::until_null},
    {"java.util.CollSer", true, form::tagged},
    {"java.util.Collections$EmptyMap", true, form::none},
    {"java.util.Collections$SingletonMap", true, form::pair},
    {"java.util.Collections$UnmodifiableMap", true, form::inner, "m"},
    {"java.util.Collections$SynchronizedMap", true, form::inner, "m"},
    {"com.google.common.collect.ImmutableMap$SerializedForm", true, form::two_columns},
    {"com.google.common.collect.ImmutableBiMap$SerializedForm", true, form::two_columns},
    {"com.google.common.collect.ImmutableSortedMap$SerializedForm", true, form::two_columns},
    {"com.google.common.collect.HashBiMap", true, form::counted},
    {"com.google.common.collect.ImmutableListMultimap", true, form::multimap},
    {"com.google.common.collect.ImmutableSetMultimap", true, form::multimap},
};

// Wrappers around wrappers: a peer could make a circle of them.
constexpr int most_wrappers = 16;
constexpr std::int64_t most_copies = 65536;

const known_class* find_known(const value& from, bool map) {
  if (from.kind() != value_kind::object) return nullptr;
  const auto& classes = from.owner()->classes;
  for (auto type = node_of(from).type; type != class_description::none;
       type = classes[type].super) {
    const auto* found = std::find_if(std::begin(known), std::end(known), [&](const auto& row) {
      return row.is_map == map && row.name == classes[type].name;
    });
    if (found != std::end(known)) return found;
  }
  return nullptr;
}

error cut(const value& from) {
  return {errc::malformed, "a " + from.type_name() + " ends before its last element"};
}

result<values> unfold(const value& from, bool map, int wrappers);

// `count` objects; in a map, twice as many.
result<values> take(content_cursor& contents, std::int64_t count, bool map, const value& from) {
  if (count < 0) return error{errc::malformed, "a " + from.type_name() + " of negative size"};
  values found;
  for (std::int64_t left = map ? 2 * count : count; left > 0; --left) {
    auto element = contents.next();
    if (!element) return cut(from);
    found.push_back(std::move(*element));
  }
  return found;
}

result<values> take_until_null(content_cursor& contents, bool map, form how, const value& from) {
  values found;
  while (true) {
    auto element = contents.next();
    if (!element) return cut(from);
    if (element->is_null() && how == form::until_null) return found;
    if (!map) {
      found.push_back(std::move(*element));
      continue;
    }
    auto mapped = contents.next();
    if (!mapped) return cut(from);
    if (element->is_null() && mapped->is_null()) return found;
    found.push_back(std::move(*element));
    found.push_back(std::move(*mapped));
  }
}

// All elements of an array of references.
values array_elements(const value& array) {
  const auto& node = node_of(array);
  values found;
  found.reserve(node.count);
  for (std::uint32_t i = 0; i < node.count; ++i) {
    found.emplace_back(array.owner(),
                       static_cast<std::uint32_t>(array.owner()->slots[node.first + i]));
  }
  return found;
}

bool is_array(const value& what) { return node_of(what).kind == graph::node_kind::array; }

result<values> array_field(const value& from, std::string_view name) {
  TRY(array, from.field(name));
  if (!is_array(array)) return wrong_type("an array in field " + std::string(name), array);
  return array_elements(array);
}

result<values> zip(const value& from, int wrappers) {
  TRY(keys, from.field("keys"));
  TRY(mapped, from.field("values"));
  TRY(left, unfold(keys, false, wrappers));
  TRY(right, unfold(mapped, false, wrappers));
  if (left.size() != right.size()) {
    return error{errc::malformed, "a map with " + std::to_string(left.size()) + " keys and " +
                                      std::to_string(right.size()) + " values"};
  }
  values found;
  found.reserve(2 * left.size());
  for (std::size_t i = 0; i < left.size(); ++i) {
    found.push_back(std::move(left[i]));
    found.push_back(std::move(right[i]));
  }
  return found;
}

result<values> take_tagged(const value& from, bool map) {
  TRY(tag, from.long_field("tag"));
  constexpr std::int64_t map_tag = 3;
  if (((tag & 0xff) == map_tag) != map) {
    return wrong_type(map ? "a java.util.Map" : "a java.util.Collection", from);
  }
  content_cursor contents(from, "java.util.CollSer");
  const auto count = contents.integer();
  if (!count) return cut(from);
  return take(contents, *count, false, from);
}

result<values> take_multimap(const value& from, std::string_view class_name) {
  content_cursor contents(from, class_name);
  if (class_name.ends_with("SetMultimap")) contents.next();  // its comparator
  const auto keys = contents.integer();
  if (!keys) return cut(from);
  values found;
  for (std::int32_t i = 0; i < *keys; ++i) {
    const auto key = contents.next();
    const auto count = contents.integer();
    if (!key || !count) return cut(from);
    for (std::int32_t j = 0; j < *count; ++j) {
      auto mapped = contents.next();
      if (!mapped) return cut(from);
      found.push_back(*key);
      found.push_back(std::move(*mapped));
    }
  }
  return found;
}

result<values> take_keys(const value& from, std::string_view name, int wrappers) {
  TRY(map, from.field(name));
  TRY(found, unfold(map, true, wrappers));
  values keys;
  for (std::size_t i = 0; i < found.size(); i += 2) keys.push_back(std::move(found[i]));
  return keys;
}

// The forms whose count stands in the class's own data.
result<values> take_counted(const value& from, const known_class& row) {
  content_cursor contents(from, row.name);
  if (row.how == form::after_object && !contents.next()) return cut(from);
  const int skipped = row.how == form::after_one_int ? 1 : row.how == form::after_two_ints ? 2 : 0;
  for (int i = 0; i < skipped; ++i) {
    if (!contents.integer()) return cut(from);
  }
  const auto count = contents.integer();
  if (!count) return cut(from);
  return take(contents, *count, row.is_map, from);
}

// The forms that keep their elements in fields.
result<values> take_fields(const value& from, const known_class& row, int wrappers) {
  switch (row.how) {
    case form::array:
      return array_field(from, row.field);
    case form::counted_array: {
      TRY(count, from.long_field("elementCount"));
      TRY(all, array_field(from, "elementData"));
      if (count < 0 || static_cast<std::size_t>(count) > all.size()) return cut(from);
      all.resize(static_cast<std::size_t>(count));
      return all;
    }
    case form::inner: {
      TRY(inner, from.field(row.field));
      return unfold(inner, row.is_map, wrappers);
    }
    case form::keys:
      return take_keys(from, row.field, wrappers);
    case form::single: {
      TRY(element, from.field(row.field));
      return values{std::move(element)};
    }
    case form::copies: {
      TRY(element, from.field(row.field));
      TRY(count, from.long_field("n"));
      if (count < 0) return error{errc::malformed, "a negative number of copies"};
      if (count > most_copies) return error{errc::limit_exceeded, "a list of too many copies"};
      return values(static_cast<std::size_t>(count), element);
    }
    case form::pair: {
      TRY(key, from.field("k"));
      TRY(mapped, from.field("v"));
      return values{std::move(key), std::move(mapped)};
    }
    case form::two_columns:
      return zip(from, wrappers);
    default:
      return values{};
  }
}

result<values> unfold(const value& from, bool map, int wrappers) {
  if (wrappers > most_wrappers) {
    return error{errc::limit_exceeded, "a collection within too many others"};
  }
  if (!map && is_array(from)) return array_elements(from);
  const auto* row = find_known(from, map);
  if (!row) return wrong_type(map ? "a java.util.Map" : "a java.util.Collection", from);
  switch (row->how) {
    case form::counted:
    case form::after_one_int:
    case form::after_two_ints:
    case form::after_object:
      return take_counted(from, *row);
    case form::sized: {
      TRY(size, from.long_field("size"));
      content_cursor contents(from, row->name);
      return take(contents, size, row->is_map, from);
    }
    case form::until_null:
    case form::until_two_nulls: {
      content_cursor contents(from, row->name);
      return take_until_null(contents, map, row->how, from);
    }
    case form::tagged:
      return take_tagged(from, map);
    case form::multimap:
      return take_multimap(from, row->name);
    default:
      return take_fields(from, *row, wrappers + 1);
  }
}

}  // namespace

result<std::vector<value>> value::elements() const { return unfold(*this, false, 0); }

result<std::vector<std::pair<value, value>>> value::entries() const {
  TRY(flat, unfold(*this, true, 0));
  if (flat.size() % 2 != 0) return error{errc::malformed, "a map with a key without a value"};
  std::vector<std::pair<value, value>> found;
  found.reserve(flat.size() / 2);
  for (std::size_t i = 0; i < flat.size(); i += 2) {
    found.emplace_back(std::move(flat[i]), std::move(flat[i + 1]));
  }
  return found;
}

result<std::vector<std::string>> value::as_strings() const {
  TRY(all, elements());
  std::vector<std::string> found;
  found.reserve(all.size());
  for (const auto& element : all) {
    TRY(text, element.as_string());
    found.push_back(std::move(text));
  }
  return found;
}

result<std::map<std::string, std::string>> value::as_string_map() const {
  TRY(all, entries());
  std::map<std::string, std::string> found;
  for (const auto& [key, mapped] : all) {
    TRY(name, key.as_string());
    TRY(text, mapped.as_string());
    found.insert_or_assign(std::move(name), std::move(text));
  }
  return found;
}

namespace {

// The elements of a primitive array as slots.
std::vector<slot> numbers(const value& array) {
  const auto& node = node_of(array);
  const auto size = primitive_size(node.element);
  const auto bytes = std::string_view(array.owner()->bytes).substr(node.first, node.count * size);
  std::vector<slot> found;
  found.reserve(node.count);
  for (std::size_t i = 0; i < node.count; ++i) {
    found.push_back({node.element, big_endian(bytes.substr(i * size), size)});
  }
  return found;
}

bool is_numbers(const value& what) { return node_of(what).kind == graph::node_kind::numbers; }

}  // namespace

result<std::vector<std::int64_t>> value::as_longs() const {
  std::vector<std::int64_t> found;
  if (is_numbers(*this)) {
    const char element = node_of(*this).element;
    if (element == 'F' || element == 'D') return wrong_type("a long[]", *this);
    for (const auto& number : numbers(*this)) found.push_back(number.integer());
    return found;
  }
  TRY(all, elements());
  for (const auto& element : all) {
    TRY(number, element.as_long());
    found.push_back(number);
  }
  return found;
}

result<std::vector<double>> value::as_doubles() const {
  std::vector<double> found;
  if (is_numbers(*this)) {
    for (const auto& number : numbers(*this)) found.push_back(number.real());
    return found;
  }
  TRY(all, elements());
  for (const auto& element : all) {
    TRY(number, element.as_double());
    found.push_back(number);
  }
  return found;
}

}  // namespace helenus::jmx
