#pragma once

namespace CLI {
class App;
}

namespace ringmaster {

/// `ringmaster window`: the calling window, judged without a server.
void add_window_command(CLI::App& app, int& exit_code);

} // namespace ringmaster
