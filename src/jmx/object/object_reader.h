#pragma once

#include "base/result.h"
#include "jmx/object/graph.h"
#include "jmx/object/reader_limits.h"
#include "jmx/object/value.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace helenus::jmx {

/// Reads one Java object stream as it arrives, cut anywhere.
///
/// Feed bytes, then ask for what should come next; an empty optional means "not yet". The first
/// error is final. No recursion, and nothing is allocated because the peer announced a size.
class object_reader {
 public:
  /// An object at the top of the stream.
  struct item {
    value what;
    /// The server failed in the middle of an object (TC_EXCEPTION): `what` is the exception.
    bool aborted = false;
  };

  explicit object_reader(reader_limits limits = {});

  void feed(std::string_view bytes);

  /// The next `size` bytes of block data at the top of the stream.
  result<std::optional<std::string>> take_data(std::size_t size);
  /// The next object at the top of the stream; block data before it is skipped.
  result<std::optional<item>> take_value();
  /// What was fed and is not part of what was taken.
  std::string_view rest() const { return std::string_view(input_).substr(position_); }

 private:
  enum class progress { again, more };
  enum class want { anything, description, string };
  enum class frame_kind {
    string,
    block,
    description,
    proxy,
    object,
    array,
    numbers,
    constant,
    type
  };
  enum class phase { begin, fields, field_type, annotation, super, elements, contents, external };
  /// Something that is being read: the explicit form of what recursion would keep on the stack.
  struct frame {
    frame_kind kind;
    object_reader::phase phase = phase::begin;
    std::uint32_t node = 0;
    std::uint32_t type = 0;                 // class
    std::uint32_t index = 0;                // in the chain of an object
    std::uint32_t field = 0;                // in the fields of a class
    std::uint32_t slot = 0;                 // the next one to fill
    std::uint64_t left = 0;                 // bytes or elements that are still to come
    std::size_t start = 0;                  // in the bytes of the graph
    std::vector<std::uint32_t> chain = {};  // classes of an object, topmost first
    std::vector<graph::item> items = {};
    std::vector<graph::section> sections = {};
    std::vector<std::uint64_t> elements = {};
  };

  // input
  std::size_t available() const { return input_.size() - position_; }
  std::uint64_t peek(std::size_t offset, std::size_t size) const;
  std::uint64_t take(std::size_t size);
  bool has_text(std::size_t offset) const;
  result<std::string> take_text();
  bool copy_bytes(frame& top);

  // the stream
  result<bool> header();
  void top_block(bool keep);
  result<progress> begin_top();
  result<std::optional<std::string>> next_data(std::size_t size);
  result<std::optional<item>> next_value();
  result<bool> run();
  result<progress> step();
  result<progress> begin_content(want wanted);
  result<progress> begin_contents();
  result<progress> refer(want wanted);
  result<progress> abort_content();
  result<progress> push(frame_kind kind, std::size_t code_size = 1);
  result<progress> begin_block();
  result<void> deliver(std::uint32_t node);
  result<void> accept(std::uint32_t node);
  result<std::uint32_t> add_node(graph::node_kind kind, std::uint32_t type, bool handle = true);
  result<void> count_values(std::size_t count);

  // the frames
  result<progress> step_string();
  result<progress> step_block();
  result<progress> step_description();
  result<progress> step_proxy();
  result<progress> step_object();
  result<progress> step_numbers();
  result<progress> step_array();
  result<progress> step_constant();
  result<void> accept_description(std::uint32_t node);
  result<void> accept_object(std::uint32_t node);
  result<void> accept_array(std::uint32_t node);
  result<void> end_description(std::uint32_t super);
  result<void> add_field_type(std::uint32_t node);
  result<void> begin_object(std::uint32_t type);
  void next_class();
  result<void> end_class();
  result<void> end_contents();
  result<void> end_object();
  result<std::uint32_t> described(std::uint32_t node) const;

  error malformed(std::string what) const;
  error exceeded(const char* what) const;
  template <class Value>
  result<Value> keep(result<Value> outcome);

  reader_limits limits_;
  std::shared_ptr<graph> graph_;
  std::vector<std::uint32_t> handles_;
  std::vector<frame> stack_;
  std::string input_;
  std::size_t position_ = 0;
  std::size_t fed_ = 0;
  std::size_t values_ = 0;
  std::string data_;  // block data at the top
  std::size_t data_position_ = 0;
  std::uint64_t block_left_ = 0;  // of a block at the top that is still arriving
  bool has_header_ = false;
  bool aborted_ = false;
  std::optional<std::uint32_t> root_;
  std::optional<error> failure_;
};

/// Reads a whole stream that holds one object, as inside a MarshalledObject.
result<value> read_object(std::string_view stream, reader_limits limits = {});

}  // namespace helenus::jmx
