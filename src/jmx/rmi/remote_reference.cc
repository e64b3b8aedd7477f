#include "jmx/rmi/remote_reference.h"

#include "jmx/errc.h"
#include "jmx/object/escape.h"
#include "jmx/object/modified_utf8.h"
#include "jmx/object/serialized_form.h"

#include <algorithm>

namespace helenus::jmx {
namespace {

constexpr std::string_view remote_object = "java.rmi.server.RemoteObject";
constexpr std::string_view ssl_factory = "javax.rmi.ssl.SslRMIClientSocketFactory";

error bad_stub(std::string_view what) {
  return {errc::malformed, "the server's stub " + std::string(what)};
}

// A u16 length and so much text.
std::optional<std::string> take_text(content_cursor& contents) {
  const auto size = contents.number(2);
  if (!size) return std::nullopt;
  if (*size == 0) return std::string();
  const auto bytes = contents.data(*size);
  if (!bytes) return std::nullopt;
  auto text = from_modified_utf8(*bytes);
  if (!text) return std::nullopt;
  return std::move(*text);
}

result<value> handler_of_proxy(const value& stub) {
  TRY(handler, stub.field("h", "java.lang.reflect.Proxy"));
  if (!handler.is_a("java.rmi.server.RemoteObjectInvocationHandler")) {
    return bad_stub("is a proxy with an unknown handler");
  }
  return handler;
}

}  // namespace

result<remote_reference> read_reference(const value& stub, std::string_view stub_class) {
  auto object = stub;
  if (stub.is_a("java.lang.reflect.Proxy")) {
    TRY(handler, handler_of_proxy(stub));
    object = std::move(handler);
  } else if (!stub.is_a(stub_class)) {
    constexpr std::size_t most = 200;
    return bad_stub("is a " + escape(stub.type_name(), most) + ", not a " +
                    std::string(stub_class));
  }
  content_cursor contents(object, remote_object);
  const auto kind = take_text(contents);
  if (!kind || (*kind != "UnicastRef" && *kind != "UnicastRef2")) {
    return bad_stub("holds no unicast reference");
  }
  constexpr std::uint64_t with_factory = 1;
  std::uint64_t format = 0;
  if (*kind == "UnicastRef2") {
    const auto written = contents.number(1);
    if (!written || *written > with_factory) return bad_stub("has an unknown format");
    format = *written;
  }
  remote_reference reference;
  auto host = take_text(contents);
  const auto port = contents.number(4);
  if (!host || !port || *port == 0 || *port > 65535) return bad_stub("names no host and port");
  reference.host = std::move(*host);
  reference.port = static_cast<std::uint16_t>(*port);
  if (format == with_factory) {
    const auto factory = contents.next();
    if (!factory || !factory->is_a(ssl_factory)) return bad_stub("needs an unknown socket factory");
    reference.tls = true;
  }
  const auto id = contents.data(reference.id.bytes.size());
  if (!id) return bad_stub("is cut");
  std::copy(id->begin(), id->end(), reference.id.bytes.begin());
  return reference;
}

}  // namespace helenus::jmx
