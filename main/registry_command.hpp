#pragma once

namespace CLI {
class App;
}

namespace ringmaster {

/// `ringmaster registry load NAME FILE --as-of DATE` and `ringmaster registry list`.
void add_registry_command(CLI::App& app, int& exit_code);

} // namespace ringmaster
