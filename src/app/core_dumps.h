#pragma once

namespace helenus::app {

/// A core dump would hold passwords and keys that are in use: from here on the process leaves none,
/// neither a file nor through the program that `kernel.core_pattern` may name.
void forbid_core_dumps();

}  // namespace helenus::app
