#pragma once

#include "base/result.h"
#include "jmx/object/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace helenus::jmx {

/// A Java exception that a call threw, with what caused it.
class remote_exception {
 public:
  struct link {
    std::string class_name;
    std::string message;                    ///< empty when it had none
    std::vector<std::string> superclasses;  ///< nearest first
  };

  /// Reads a Throwable; any other value gives a chain with that type's name.
  static remote_exception read(const value& thrown);
  explicit remote_exception(std::vector<link> chain);

  /// What was thrown, then what is wrapped in it or caused it; never empty, at most 32 links.
  const std::vector<link>& chain() const { return chain_; }
  const std::string& class_name() const { return chain_.front().class_name; }
  const std::string& message() const { return chain_.front().message; }
  /// The link that says what really happened: the first that is neither an RMI nor a JMX wrapper
  /// (MBeanException, RuntimeMBeanException, ReflectionException, ServerException, ...).
  const link& real() const;
  /// The first link that is a `class_name` or a subclass of it; null when there is none.
  const link* find(std::string_view class_name) const;
  /// Whether the outermost exception comes from RMI itself (java.rmi.RemoteException): the server
  /// may not have read the whole request.
  bool from_transport() const;

  /// errc::access_denied, no_such_object, no_such_mbean or remote_exception, with the detail
  /// "remote: class: message" of the real link; messages are escaped and cut.
  error to_error() const;

 private:
  std::vector<link> chain_;
};

}  // namespace helenus::jmx
