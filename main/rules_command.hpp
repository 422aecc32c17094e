#pragma once

namespace CLI {
class App;
}

namespace ringmaster {

/// `ringmaster rules`: rule packs, checked, compared and asked without a server.
void add_rules_command(CLI::App& app, int& exit_code);

} // namespace ringmaster
