#include "jmx/rmi/remote_exception.h"

#include "base/assert.h"
#include "jmx/errc.h"
#include "jmx/object/escape.h"
#include "jmx/object/serialized_form.h"

#include <algorithm>
#include <array>

namespace helenus::jmx {
namespace {

constexpr std::size_t most_links = 32;
constexpr std::size_t most_message_bytes = 65536;
constexpr std::size_t most_detail_bytes = 1000;

// Where wrappers keep what they wrap; everything else has a cause.
constexpr std::pair<std::string_view, std::string_view> wrappers[] = {
    {"javax.management.MBeanException", "exception"},
    {"javax.management.ReflectionException", "exception"},
    {"javax.management.RuntimeMBeanException", "runtimeException"},
    {"javax.management.RuntimeErrorException", "error"},
    {"java.rmi.RemoteException", "detail"},
};

bool is_wrapper(const remote_exception::link& link) {
  const auto wraps = [](std::string_view name) {
    return std::any_of(std::begin(wrappers), std::end(wrappers),
                       [name](const auto& row) { return row.first == name; });
  };
  // A gone object is the news itself, although it is a RemoteException.
  if (link.class_name == "java.rmi.NoSuchObjectException") return false;
  return wraps(link.class_name) ||
         std::any_of(link.superclasses.begin(), link.superclasses.end(), wraps);
}

std::optional<value> throwable_field(const value& from, std::string_view name,
                                     std::string_view declared) {
  const auto found = from.field(name, declared);
  if (!found || found->kind() != value_kind::object || found->same_as(from)) return std::nullopt;
  return *found;
}

std::optional<value> wrapped_in(const value& thrown) {
  for (const auto& [class_name, name] : wrappers) {
    if (!thrown.is_a(class_name)) continue;
    if (auto inner = throwable_field(thrown, name, class_name)) return inner;
  }
  return throwable_field(thrown, "cause", "java.lang.Throwable");
}

remote_exception::link read_link(const value& thrown) {
  remote_exception::link link{thrown.type_name(), {}, {}};
  if (thrown.kind() != value_kind::object) return link;
  if (const auto message = thrown.field("detailMessage", "java.lang.Throwable")) {
    if (auto text = message->as_string()) {
      link.message = text->substr(0, most_message_bytes);
    }
  }
  const auto& classes = thrown.owner()->classes;
  for (auto type = classes[node_of(thrown).type].super; type != class_description::none;
       type = classes[type].super) {
    link.superclasses.push_back(classes[type].name);
  }
  return link;
}

bool is_kind_of(const remote_exception::link& link, std::string_view class_name) {
  return link.class_name == class_name ||
         std::find(link.superclasses.begin(), link.superclasses.end(), class_name) !=
             link.superclasses.end();
}

}  // namespace

remote_exception::remote_exception(std::vector<link> chain) : chain_(std::move(chain)) {
  HELENUS_ASSERT(!chain_.empty());
}

remote_exception remote_exception::read(const value& thrown) {
  std::vector<link> chain;
  std::optional<value> next = thrown;
  // A peer can make a circle of causes: the number of links bounds it.
  while (next && chain.size() < most_links) {
    chain.push_back(read_link(*next));
    next = wrapped_in(*next);
  }
  return remote_exception(std::move(chain));
}

const remote_exception::link& remote_exception::real() const {
  const auto found = std::find_if_not(chain_.begin(), chain_.end(), is_wrapper);
  return found == chain_.end() ? chain_.back() : *found;
}

const remote_exception::link* remote_exception::find(std::string_view class_name) const {
  const auto found = std::find_if(chain_.begin(), chain_.end(), [class_name](const link& link) {
    return is_kind_of(link, class_name);
  });
  return found == chain_.end() ? nullptr : &*found;
}

bool remote_exception::from_transport() const {
  return is_kind_of(chain_.front(), "java.rmi.RemoteException");
}

error remote_exception::to_error() const {
  const auto& what = real();
  auto detail = "remote: " + escape(what.class_name, most_detail_bytes);
  if (!what.message.empty()) detail += ": " + escape(what.message, most_detail_bytes);
  const auto code = is_kind_of(what, "java.rmi.NoSuchObjectException") ? errc::no_such_object
                    : is_kind_of(what, "javax.management.InstanceNotFoundException")
                        ? errc::no_such_mbean
                    : is_kind_of(what, "java.lang.SecurityException") ? errc::access_denied
                                                                      : errc::remote_exception;
  return {code, std::move(detail)};
}

}  // namespace helenus::jmx
