#pragma once

namespace CLI {
class App;
} // namespace CLI

namespace ringmaster {

/// `ringmaster audit verify` and `ringmaster audit export`.
void add_audit_command(CLI::App& app, int& exit_code);

} // namespace ringmaster
