#include "app/commands/command_line.h"
#include "app/core_dumps.h"

int main(int count, char** arguments) {
  helenus::app::forbid_core_dumps();
  return helenus::app::run_command(count, arguments);
}
