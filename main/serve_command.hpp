#pragma once

namespace CLI {
class App;
}

namespace ringmaster {

/// `ringmaster serve`: the engine, until SIGTERM or SIGINT.
void add_serve_command(CLI::App& app, int& exit_code);

} // namespace ringmaster
