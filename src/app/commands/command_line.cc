// The one file that knows CLI11.
#include "app/commands/command_line.h"

#include "app/commands/serve.h"
#include "app/startup_machine.h"

#include <CLI/CLI.hpp>

#include <string>

namespace helenus::app {

int run_command(int count, char** arguments) {
  CLI::App command("Helenus keeps Apache Cassandra repaired.", "helenus");
  command.set_version_flag("--version", HELENUS_VERSION);
  command.require_subcommand(1);
  command.footer("Exit codes: 0 done, 1 could not start, 64 wrong usage or configuration.");

  serve_arguments serve_with{.configuration_file = {}, .version = HELENUS_VERSION};
  auto* serve_command = command.add_subcommand("serve", "run the daemon with its REST API");
  serve_command->add_option("FILE", serve_with.configuration_file,
                            "YAML configuration; without it the defaults are used");
  try {
    command.parse(count, arguments);
  } catch (const CLI::Success& help_or_version) {
    return command.exit(help_or_version);
  } catch (const CLI::ParseError& wrong) {
    command.exit(wrong);  // writes what is wrong to standard error
    return exit_bad_configuration;
  }
  if (serve_command->parsed()) return serve(serve_with);
  return exit_bad_configuration;
}

}  // namespace helenus::app
