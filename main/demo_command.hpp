#pragma once

namespace CLI {
class App;
}

namespace ringmaster {

/// `ringmaster demo`: the engine and the carrier simulator in one process, with an account, a key
/// and a campaign of forty fictitious numbers.
void add_demo_command(CLI::App& app, int& exit_code);

} // namespace ringmaster
