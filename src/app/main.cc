#include "app/commands/command_line.h"

int main(int count, char** arguments) { return helenus::app::run_command(count, arguments); }
