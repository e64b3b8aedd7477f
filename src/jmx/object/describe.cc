#include "jmx/object/escape.h"
#include "jmx/object/serialized_form.h"
#include "jmx/object/value.h"

#include <string>

namespace helenus::jmx {
namespace {

constexpr int most_levels = 8;

// Writes values until the text is long enough.
class describer {
 public:
  explicit describer(std::size_t most) : most_(most) {}

  void write(const value& what, int level) {
    if (full()) return;
    if (level > most_levels) {
      add("...");
      return;
    }
    if (what.is_null()) return add("null");
    if (const auto text = what.as_string()) return add('"' + escape(*text, most_) + '"');
    if (const auto number = what.as_decimal()) return add(*number);
    if (const auto real = what.as_double()) return add(std::to_string(*real));
    if (const auto truth = what.as_bool()) return add(*truth ? "true" : "false");
    if (const auto address = what.as_address()) return add(*address);
    if (const auto id = what.as_uuid()) return add(id->to_string());
    if (const auto constant = what.as_enum()) return add(escape(*constant, most_));
    if (const auto longs = what.as_longs(); longs && what.kind() == value_kind::array) {
      return add(escape(what.type_name(), most_) + " of " + std::to_string(longs->size()));
    }
    if (const auto elements = what.elements()) return write_elements(*elements, level);
    if (const auto entries = what.entries()) return write_entries(*entries, level);
    write_fields(what, level);
  }

  std::string take() {
    if (full()) {
      text_.resize(most_);
      text_ += "...";
    }
    return std::move(text_);
  }

 private:
  bool full() const { return text_.size() > most_; }
  void add(std::string_view more) { text_ += more; }

  void write_elements(const std::vector<value>& elements, int level) {
    add("[");
    for (std::size_t i = 0; i < elements.size() && !full(); ++i) {
      if (i > 0) add(", ");
      write(elements[i], level + 1);
    }
    add("]");
  }

  void write_entries(const std::vector<std::pair<value, value>>& entries, int level) {
    add("{");
    for (std::size_t i = 0; i < entries.size() && !full(); ++i) {
      if (i > 0) add(", ");
      write(entries[i].first, level + 1);
      add("=");
      write(entries[i].second, level + 1);
    }
    add("}");
  }

  // Any other object: its class and its fields, the superclass's last.
  void write_fields(const value& what, int level) {
    add(escape(what.type_name(), most_));
    if (what.kind() != value_kind::object) return;
    add("{");
    bool first = true;
    const auto& classes = what.owner()->classes;
    for (auto type = node_of(what).type; type != class_description::none && !full();
         type = classes[type].super) {
      for (const auto& field : classes[type].fields) {
        if (full()) break;
        if (!first) add(", ");
        first = false;
        add(escape(field.name, most_));
        add("=");
        const auto found = find_field(what, field.name, classes[type].name);
        if (!found) continue;
        if (primitive_size(found->type) == 0) {
          write(value(what.owner(), static_cast<std::uint32_t>(found->bits)), level + 1);
        } else {
          add(found->type == 'F' || found->type == 'D' ? std::to_string(found->real())
                                                       : std::to_string(found->integer()));
        }
      }
    }
    add("}");
  }

  std::size_t most_;
  std::string text_;
};

}  // namespace

std::string describe(const value& what, std::size_t max_length) {
  describer text(max_length);
  text.write(what, 0);
  return text.take();
}

}  // namespace helenus::jmx
