#pragma once

namespace CLI {
class App;
}

namespace ringmaster {

/// `ringmaster doctor`: looks at everything the engine needs, and says how to mend what is wrong.
void add_doctor_command(CLI::App& app, int& exit_code);

} // namespace ringmaster
