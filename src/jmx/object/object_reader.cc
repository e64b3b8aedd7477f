#include "jmx/object/object_reader.h"

#include "jmx/errc.h"
#include "jmx/object/modified_utf8.h"
#include "jmx/object/stream_codes.h"

#include <algorithm>

namespace helenus::jmx {
namespace {

// Offsets into the graph are 32 bit numbers.
constexpr std::size_t most_bytes = std::size_t{1} << 31;

}  // namespace

object_reader::object_reader(reader_limits limits)
    : limits_(limits), graph_(std::make_shared<graph>()) {
  limits_.bytes = std::min(limits_.bytes, most_bytes);
  limits_.values = std::min(limits_.values, most_bytes);
}

void object_reader::feed(std::string_view bytes) {
  fed_ += bytes.size();
  if (fed_ > limits_.bytes && !failure_) failure_ = exceeded("bytes of a message");
  if (failure_) return;
  if (position_ == input_.size() || position_ > 65536) {
    input_.erase(0, position_);
    position_ = 0;
  }
  input_.append(bytes);
}

template <class Value>
result<Value> object_reader::keep(result<Value> outcome) {
  if (!outcome.has_value()) failure_ = outcome.error();
  return outcome;
}

result<std::optional<std::string>> object_reader::take_data(std::size_t size) {
  if (failure_) return *failure_;
  return keep(next_data(size));
}

result<std::optional<object_reader::item>> object_reader::take_value() {
  if (failure_) return *failure_;
  return keep(next_value());
}

result<bool> object_reader::header() {
  if (has_header_) return true;
  // Complain about the first wrong byte: more may never come.
  const auto seen = std::min(available(), stream_header.size());
  if (std::string_view(input_).substr(position_, seen) != stream_header.substr(0, seen)) {
    return malformed("not a Java object stream");
  }
  if (seen < stream_header.size()) return false;
  position_ += stream_header.size();
  has_header_ = true;
  return true;
}

// Moves what has arrived of a block at the top of the stream.
void object_reader::top_block(bool wanted) {
  const auto size = std::min<std::uint64_t>(block_left_, available());
  if (wanted) data_.append(input_, position_, size);
  position_ += size;
  block_left_ -= size;
}

result<std::optional<std::string>> object_reader::next_data(std::size_t size) {
  TRY(started, header());
  if (!started) return std::nullopt;
  while (true) {
    top_block(true);
    if (data_.size() - data_position_ >= size) {
      auto taken = data_.substr(data_position_, size);
      data_position_ += size;
      return taken;
    }
    if (block_left_ > 0 || available() == 0) return std::nullopt;
    const auto code = peek(0, 1);
    if (code != tc_block_data && code != tc_block_data_long) {
      return malformed("an object stands where block data is expected");
    }
    TRY(step, begin_block());
    if (step == progress::more) return std::nullopt;
  }
}

result<std::optional<object_reader::item>> object_reader::next_value() {
  TRY(started, header());
  if (!started) return std::nullopt;
  data_.clear();
  data_position_ = 0;
  // What was handed out must not change.
  if (graph_.use_count() > 1) graph_ = std::make_shared<graph>(*graph_);
  while (!root_) {
    if (stack_.empty()) {
      TRY(step, begin_top());
      if (step == progress::more) return std::nullopt;
    }
    TRY(done, run());
    if (!done) return std::nullopt;
  }
  item found{value(graph_, *root_), aborted_};
  if (aborted_) handles_.clear();
  root_.reset();
  aborted_ = false;
  return found;
}

result<object_reader::progress> object_reader::begin_top() {
  top_block(false);
  if (block_left_ > 0 || available() == 0) return progress::more;
  const auto code = peek(0, 1);
  if (code == tc_block_data || code == tc_block_data_long) return begin_block();
  if (code == tc_reset) {
    take(1);
    handles_.clear();
    return progress::again;
  }
  return begin_content(want::anything);
}

// A block's code and length, at the top of the stream or among the contents of an object.
result<object_reader::progress> object_reader::begin_block() {
  const bool is_long = peek(0, 1) == tc_block_data_long;
  const std::size_t size = is_long ? 5 : 2;
  if (available() < size) return progress::more;
  const auto length = peek(1, size - 1);
  if (length > 0x7fffffff) return malformed("a block of negative length");
  if (length > limits_.bytes) return exceeded("bytes of a message");
  if (stack_.empty()) {
    position_ += size;
    block_left_ = length;
    return progress::again;
  }
  TRY(step, push(frame_kind::block, size));
  stack_.back().left = length;
  stack_.back().start = graph_->bytes.size();
  return step;
}

result<bool> object_reader::run() {
  while (!stack_.empty()) {
    TRY(next, step());
    if (next == progress::more) return false;
  }
  return true;
}

result<object_reader::progress> object_reader::step() {
  switch (stack_.back().kind) {
    case frame_kind::string:
      return step_string();
    case frame_kind::block:
      return step_block();
    case frame_kind::description:
      return step_description();
    case frame_kind::proxy:
      return step_proxy();
    case frame_kind::object:
      return step_object();
    case frame_kind::array:
      return step_array();
    case frame_kind::numbers:
      return step_numbers();
    case frame_kind::constant:
      return step_constant();
    case frame_kind::type:
      return begin_content(want::description);
  }
  return malformed("unreachable");
}

// One content: completes it at once, or pushes the frame that will.
result<object_reader::progress> object_reader::begin_content(want wanted) {
  if (available() == 0) return progress::more;
  const auto code = static_cast<std::uint8_t>(peek(0, 1));
  switch (code) {
    case tc_null:
      if (wanted == want::string) return malformed("null stands where a string must");
      take(1);
      TRY_VOID(deliver(0));
      return progress::again;
    case tc_reference:
      return refer(wanted);
    case tc_exception:
      return abort_content();
    default:
      break;
  }
  const bool is_string = code == tc_string || code == tc_long_string;
  const bool is_description = code == tc_class_description || code == tc_proxy_description;
  if ((wanted == want::string && !is_string) || (wanted == want::description && !is_description)) {
    return malformed(wanted == want::string ? "not a string where one must stand"
                                            : "not a class descriptor where one must stand");
  }
  if (is_string) {
    const std::size_t size = code == tc_string ? 3 : 9;
    if (available() < size) return progress::more;
    const auto length = peek(1, size - 1);
    if (length > limits_.string_bytes) return exceeded("bytes of a string");
    TRY(step, push(frame_kind::string, size));
    TRY(node, add_node(graph::node_kind::string, 0));
    stack_.back().node = node;
    stack_.back().left = length;
    stack_.back().start = graph_->bytes.size();
    return step;
  }
  switch (code) {
    case tc_class_description:
      return push(frame_kind::description);
    case tc_proxy_description:
      return push(frame_kind::proxy);
    case tc_object:
      return push(frame_kind::object);
    case tc_array:
      return push(frame_kind::array);
    case tc_enum:
      return push(frame_kind::constant);
    case tc_class:
      return push(frame_kind::type);
    default:
      return malformed("unknown type code " + std::to_string(code));
  }
}

// Contents of an annotation or of a class's own data: objects and blocks until the end mark.
result<object_reader::progress> object_reader::begin_contents() {
  if (available() == 0) return progress::more;
  const auto code = peek(0, 1);
  if (code == tc_end_block_data) {
    take(1);
    TRY_VOID(end_contents());
    return progress::again;
  }
  if (code == tc_block_data || code == tc_block_data_long) return begin_block();
  return begin_content(want::anything);
}

result<object_reader::progress> object_reader::refer(want wanted) {
  if (available() < 5) return progress::more;
  take(1);
  const auto handle = take(4);
  if (handle < first_handle || handle - first_handle >= handles_.size()) {
    return malformed("a reference to something that does not exist");
  }
  const auto node = handles_[handle - first_handle];
  const auto kind = graph_->nodes[node].kind;
  if (wanted == want::string && kind != graph::node_kind::string) {
    return malformed("a reference to something else than a string");
  }
  TRY_VOID(deliver(node));
  return progress::again;
}

// The server failed while it wrote: what it had written is void, the exception follows.
result<object_reader::progress> object_reader::abort_content() {
  if (aborted_) return malformed("an exception within an exception");
  take(1);
  aborted_ = true;
  stack_.clear();
  handles_.clear();
  return progress::again;
}

result<object_reader::progress> object_reader::push(frame_kind kind, std::size_t code_size) {
  if (stack_.size() >= limits_.depth) return exceeded("depth of a value");
  position_ += code_size;
  stack_.push_back(frame{.kind = kind});
  return progress::again;
}

result<void> object_reader::deliver(std::uint32_t node) {
  if (!stack_.empty()) return accept(node);
  root_ = node;
  return {};
}

// A content of the innermost frame is complete.
result<void> object_reader::accept(std::uint32_t node) {
  auto& top = stack_.back();
  switch (top.kind) {
    case frame_kind::description:
    case frame_kind::proxy:
      return accept_description(node);
    case frame_kind::object:
      return accept_object(node);
    case frame_kind::array:
      return accept_array(node);
    case frame_kind::constant: {
      if (top.phase == phase::begin) {
        TRY(type, described(node));
        if ((graph_->classes[type].flags & flag_enum) == 0) {
          return malformed("a constant of a class that is no enum");
        }
        TRY(constant, add_node(graph::node_kind::enum_constant, type));
        top.node = constant;
        top.phase = phase::fields;
        return {};
      }
      graph_->nodes[top.node].first = node;
      const auto done = top.node;
      stack_.pop_back();
      return deliver(done);
    }
    case frame_kind::type: {
      TRY(type, described(node));
      TRY(done, add_node(graph::node_kind::type, type));
      stack_.pop_back();
      return deliver(done);
    }
    default:
      return malformed("unreachable");
  }
}

result<value> read_object(std::string_view stream, reader_limits limits) {
  object_reader reader(limits);
  reader.feed(stream);
  TRY(found, reader.take_value());
  if (!found) return error{errc::malformed, "the object stream is cut"};
  if (found->aborted) return error{errc::malformed, "the object stream was aborted by its writer"};
  return std::move(found->what);
}

}  // namespace helenus::jmx
