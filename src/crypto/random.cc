#include "crypto/random.h"

#include "base/assert.h"

#include <unistd.h>

namespace helenus::crypto {

std::string random_bytes(std::size_t count) {
  std::string made(count, '\0');
  HELENUS_ASSERT(::getentropy(made.data(), made.size()) == 0);
  return made;
}

}  // namespace helenus::crypto
