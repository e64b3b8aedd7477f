// The one file that knows CLI11.
#include "app/commands/command_line.h"

#include "app/commands/argument_rule.h"
#include "app/commands/migrate.h"
#include "app/commands/register_clusters.h"
#include "app/commands/repair.h"
#include "app/commands/serve.h"
#include "app/commands/status.h"
#include "app/startup_machine.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <map>
#include <string>

namespace helenus::app {
namespace {

std::map<std::string, model::repair_parallelism> parallelisms() {
  return {{"SEQUENTIAL", model::repair_parallelism::sequential},
          {"PARALLEL", model::repair_parallelism::parallel},
          {"DATACENTER_AWARE", model::repair_parallelism::datacenter_aware}};
}

/// TLS to the nodes; each of the options switches it on.
void add_tls(CLI::App& repair, one_shot_options& with) {
  const auto file = [&](const char* name, std::string& into, const char* text) {
    return repair
        .add_option_function<std::string>(
            name,
            [&with, &into](const std::string& given) {
              into = given;
              with.jmx_tls = true;
            },
            text)
        ->check(wrong_text);
  };
  repair.add_flag("--jmx-tls", with.jmx_tls,
                  "the nodes' JMX speaks TLS; their certificates are checked");
  file("--jmx-ca", with.tls.ca_file,
       "PEM file of the authorities that may have signed the nodes' certificates; default: "
       "those of the system");
  auto* certificate = file("--jmx-certificate", with.tls.certificate_file,
                           "PEM file with our own certificate, for nodes that want one");
  file("--jmx-key", with.tls.key_file,
       "PEM file with its key; default: it stands in the file of the certificate")
      ->needs(certificate);
  file("--jmx-key-password-file", with.tls.key_password_file,
       "file whose first line opens an encrypted key")
      ->needs(certificate);
  repair.add_flag_callback(
      "--jmx-any-name",
      [&with] {
        with.jmx_tls = true;
        with.tls.verification = net::tls_verification::chain;
      },
      "accept certificates that name other hosts, as Java's clients do");
}

CLI::App* add_repair(CLI::App& command, one_shot_options& with) {
  auto* repair = command.add_subcommand(
      "repair", "repair a cluster once, without a server; shows progress and ends");
  repair->add_option("SEED", with.seed, "address of any node of the cluster")
      ->required()
      ->check(wrong_text);
  repair
      ->add_option("--keyspace", with.keyspace, "only this keyspace; default: all replicated ones")
      ->check(wrong_text);
  repair->add_option("--table", with.tables, "only this table; may be repeated")
      ->needs(repair->get_option("--keyspace"))
      ->check(wrong_text);
  repair
      ->add_option("--datacenter", with.datacenters,
                   "only replicas in this data centre; may be repeated")
      ->check(wrong_text);
  repair->add_option("--segments-per-node", with.segments_per_node, "1 to 1000; default 64")
      ->check([](const std::string& given) { return wrong_whole_number(given, 1, 1000); });
  repair
      ->add_option_function<std::string>(
          "--parallelism",
          [&with](const std::string& text) { with.parallelism = parallelisms().at(text); },
          "SEQUENTIAL, PARALLEL or DATACENTER_AWARE; default PARALLEL")
      ->check(CLI::IsMember({"SEQUENTIAL", "PARALLEL", "DATACENTER_AWARE"}));
  repair
      ->add_option("--intensity", with.intensity,
                   "above 0 to 1: the share of its time a node spends repairing; default 1")
      ->check(wrong_share);
  repair->add_option("--jmx-port", with.jmx_port, "JMX port of the nodes; default 7199")
      ->check([](const std::string& given) { return wrong_whole_number(given, 1, 65'535); });
  repair->add_option("--username", with.username, "JMX user")->check(wrong_text);
  repair
      ->add_option("--password-file", with.password_file,
                   "file whose first line is the JMX password; without it HELENUS_JMX_PASSWORD "
                   "or a prompt")
      ->needs(repair->get_option("--username"))
      ->check(wrong_text);
  add_tls(*repair, with);
  repair
      ->add_option("--state", with.state_file,
                   "keep what is done in this file: the same command goes on where it stopped")
      ->check(wrong_text);
  repair->add_flag("--json", with.json, "one JSON object a line instead of text");
  repair->footer(
      "Examples:\n"
      "  helenus repair 10.0.0.1 --keyspace shop\n"
      "  helenus repair 10.0.0.1 --keyspace shop --table orders --state /var/lib/shop-repair.db\n"
      "Exit codes: 0 done, 1 some segments failed, 2 could not start, 64 wrong usage, "
      "130 interrupted.");
  return repair;
}

/// A command of Reaper's container.
CLI::App* add_register_clusters(CLI::App& command, register_arguments& with) {
  auto* registers = command.add_subcommand(
      "register-clusters", "tell a running daemon of clusters, and end; waits for all of them");
  registers->add_option("SEEDS", with.seeds, "HOST:JMXPORT of a node of each, separated by commas")
      ->required()
      ->check(wrong_text);
  registers->add_option("HOST", with.service.host, "where the daemon is")
      ->required()
      ->check(wrong_text);
  with.service.port = 8080;
  registers->add_option("PORT", with.service.port, "its application port; default 8080")
      ->check([](const std::string& given) { return wrong_whole_number(given, 1, 65'535); });
  registers
      ->add_option_function<int>(
          "--wait", [&with](int seconds) { with.wait = std::chrono::seconds(seconds); },
          "seconds to wait for the daemon and the nodes; default 600")
      ->check([](const std::string& given) { return wrong_whole_number(given, 1, 86'400); });
  registers->footer(
      "REAPER_AUTH_USER and REAPER_AUTH_PASSWORD (or REAPER_AUTH_PASSWORD_FILE) are the login.\n"
      "Exit codes: 0 all are registered, 1 not all, 64 wrong usage.");
  return registers;
}

CLI::App* add_status(CLI::App& command, status_arguments& with) {
  auto* status = command.add_subcommand(
      "status", "print what a running daemon says of itself: its state and what it waits for");
  status->add_option("HOST", with.service.host, "where the daemon is; default 127.0.0.1")
      ->check(wrong_text);
  status->add_option("PORT", with.service.port, "its admin port; default 8081")
      ->check([](const std::string& given) { return wrong_whole_number(given, 1, 65'535); });
  status
      ->add_option_function<int>(
          "--wait", [&with](int seconds) { with.wait = std::chrono::seconds(seconds); },
          "seconds to wait for it to be ready; default 0")
      ->check([](const std::string& given) { return wrong_whole_number(given, 0, 86'400); });
  status->footer("Exit codes: 0 it is ready, 1 it is not or does not answer, 64 wrong usage.");
  return status;
}

/// Also under the name that it has in Reaper's container.
CLI::App* add_migrate(CLI::App& command, migrate_arguments& with) {
  auto* migrate = command.add_subcommand(
      "migrate", "bring the schema of the storage to the current version, and end");
  migrate->alias("schema-migration");
  migrate->add_option("FILE", with.configuration_file,
                      "YAML configuration; without it the variables of Reaper's container image");
  migrate
      ->add_option("--replication", with.replication,
                   "create the keyspace when it is missing: auto (3 copies in each data center, or "
                   "one for each of its nodes) or copies such as dc1:3,dc2:2")
      ->check(wrong_replication);
  migrate
      ->add_option_function<int>(
          "--wait", [&with](int seconds) { with.wait = std::chrono::seconds(seconds); },
          "seconds to wait for Cassandra, its keyspace, and others that migrate; default 600")
      ->check([](const std::string& given) { return wrong_whole_number(given, 1, 86'400); });
  migrate->add_flag("--dry-run", with.dry_run, "print the statements and change nothing");
  migrate->footer(
      "Exit codes: 0 the schema is current, 1 not now (try again), 64 wrong usage or "
      "configuration, "
      "65 never: a newer schema, one that is too old, or other tables under these names; 130 "
      "interrupted.");
  return migrate;
}

}  // namespace

int run_command(int count, char** arguments) {
  CLI::App command("Helenus keeps Apache Cassandra repaired.", "helenus");
  command.set_version_flag("--version", HELENUS_VERSION);
  command.require_subcommand(1);
  command.footer("`helenus COMMAND --help` explains a command.");

  serve_arguments serve_with{.configuration_file = {}, .version = HELENUS_VERSION};
  auto* serve_command = command.add_subcommand("serve", "run the daemon with its REST API");
  serve_command->footer(
      "Exit codes: 0 drained, 1 could not start, 64 wrong usage or configuration.");
  serve_command->add_option(
      "FILE", serve_with.configuration_file,
      "YAML configuration; without it the variables of Reaper's container image");
  serve_command->alias("cassandra-reaper");
  register_arguments register_with;
  const auto* register_command = add_register_clusters(command, register_with);
  status_arguments status_with;
  const auto* status_command = add_status(command, status_with);
  migrate_arguments migrate_with;
  const auto* migrate_command = add_migrate(command, migrate_with);
  one_shot_options repair_with;
  const auto* repair_command = add_repair(command, repair_with);
  try {
    command.parse(count, arguments);
  } catch (const CLI::Success& help_or_version) {
    return command.exit(help_or_version);
  } catch (const CLI::ParseError& wrong) {
    command.exit(wrong);  // writes what is wrong to standard error
    return exit_bad_configuration;
  }
  if (serve_command->parsed()) return serve(serve_with);
  if (register_command->parsed()) return register_clusters(register_with);
  if (status_command->parsed()) return status(status_with);
  if (migrate_command->parsed()) return migrate(migrate_with);
  if (repair_command->parsed()) return repair(std::move(repair_with));
  return exit_bad_configuration;
}

}  // namespace helenus::app
