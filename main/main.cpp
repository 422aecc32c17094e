#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>
#include <string>

#include "main/account_commands.hpp"
#include "main/audit_command.hpp"
#include "main/carrier_command.hpp"
#include "main/demo_command.hpp"
#include "main/doctor_command.hpp"
#include "main/import_command.hpp"
#include "main/knowledge_command.hpp"
#include "main/registry_command.hpp"
#include "main/rules_command.hpp"
#include "main/serve_command.hpp"
#include "main/window_command.hpp"

int main(int argc, char** argv) {
  CLI::App app{"Ringmaster: makes phone calls, by the rules, and can prove what it did", "ringmaster"};
  app.set_version_flag("--version", std::string{"ringmaster "} + RINGMASTER_VERSION);
  app.require_subcommand(1);
  app.footer(
    "Every command explains itself with --help. Exit codes: 0 done, 1 failed, 2 wrong usage.\n\n"
    "Examples:\n"
    "  ringmaster demo --until-complete\n"
    "  ringmaster serve --config /etc/ringmaster/ringmaster.toml");

  int exit_code = 0;
  ringmaster::add_serve_command(app, exit_code);
  ringmaster::add_demo_command(app, exit_code);
  ringmaster::add_carrier_command(app, exit_code);
  ringmaster::add_migrate_command(app, exit_code);
  ringmaster::add_doctor_command(app, exit_code);
  ringmaster::add_account_commands(app, exit_code);
  ringmaster::add_window_command(app, exit_code);
  ringmaster::add_rules_command(app, exit_code);
  ringmaster::add_import_command(app, exit_code);
  ringmaster::add_registry_command(app, exit_code);
  ringmaster::add_knowledge_command(app, exit_code);
  ringmaster::add_audit_command(app, exit_code);
  try {
    app.parse(argc, argv);
    return exit_code;
  } catch (const CLI::ParseError& wrong) {
    return app.exit(wrong) == 0 ? 0 : 2;
  } catch (const std::exception& failure) {
    std::cerr << "ringmaster: " << failure.what() << '\n';
    return 1;
  }
}
