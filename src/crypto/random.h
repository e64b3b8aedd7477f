#pragma once

#include <cstddef>
#include <string>

namespace helenus::crypto {

/// Bytes from the random source of the kernel, at most 256: good for keys.
std::string random_bytes(std::size_t count);

}  // namespace helenus::crypto
