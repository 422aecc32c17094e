#pragma once

namespace CLI {
class App;
}

namespace ringmaster {

/// `ringmaster import`: a CSV file into a campaign, through the API.
void add_import_command(CLI::App& app, int& exit_code);

} // namespace ringmaster
