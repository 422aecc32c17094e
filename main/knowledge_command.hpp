#pragma once

namespace CLI {
class App;
}

namespace ringmaster {

/// `ringmaster knowledge`: checks through the API whether what was answered once still is.
void add_knowledge_command(CLI::App& app, int& exit_code);

} // namespace ringmaster
