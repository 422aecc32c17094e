#pragma once

namespace CLI {
class App;
}

namespace ringmaster {

/// Adds `ringmaster carrier`, the carrier simulator, to the program. It runs until SIGTERM or
/// SIGINT and leaves its exit code in `exit_code`, which outlives the parse: 0 after a signal, 1
/// if it could not start, 2 if a value cannot be used.
void add_carrier_command(CLI::App& app, int& exit_code);

} // namespace ringmaster
