#include "app/commands/command_line.h"
#include "app/core_dumps.h"
#include "app/heap.h"

int main(int count, char** arguments) {
  helenus::app::forbid_core_dumps();
  helenus::app::share_heap();
  return helenus::app::run_command(count, arguments);
}
