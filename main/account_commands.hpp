#pragma once

namespace CLI {
class App;
}

namespace ringmaster {

/// `ringmaster user` and `ringmaster key`: accounts and their keys, while the engine runs or not.
void add_account_commands(CLI::App& app, int& exit_code);

/// `ringmaster migrate`: the schema, without an engine.
void add_migrate_command(CLI::App& app, int& exit_code);

} // namespace ringmaster
