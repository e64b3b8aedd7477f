#pragma once

namespace helenus::base {

/// Logs the broken condition with its place and aborts: a bug is not an error to handle.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace helenus::base

/// Always on, in release builds too. For what can only be wrong when Helenus itself is wrong.
#define HELENUS_ASSERT(condition) \
  (static_cast<bool>(condition)   \
       ? static_cast<void>(0)     \
       : ::helenus::base::assertion_failed(#condition, __FILE__, __LINE__))
