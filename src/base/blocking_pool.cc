#include "base/blocking_pool.h"

namespace helenus::base {

blocking_pool::blocking_pool(std::size_t threads) : pool_(threads) {}

blocking_pool::~blocking_pool() { join(); }

void blocking_pool::join() { pool_.join(); }

}  // namespace helenus::base
