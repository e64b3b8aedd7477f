#pragma once

#include "base/result.h"
#include "jmx/object/value.h"
#include "jmx/rmi/remote_id.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace helenus::jmx {

/// Where a remote object lives, as the server believes: read from a stub.
struct remote_reference {
  std::string host;  ///< the server's idea of its own address; often useless to us
  std::uint16_t port = 0;
  bool tls = false;  ///< its socket factory is the SSL one
  remote_id id;
};

/// Reads a stub of `stub_class` (or a dynamic proxy). Another class, an unknown kind of reference
/// or an unknown socket factory is errc::malformed.
result<remote_reference> read_reference(const value& stub, std::string_view stub_class);

}  // namespace helenus::jmx
