#pragma once

namespace helenus::app {

/// Reads the command line and runs the sub-command; the value is the exit code of the process.
int run_command(int count, char** arguments);

}  // namespace helenus::app
