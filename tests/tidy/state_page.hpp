#pragma once

#include <string>

namespace ringmaster::tidy {

/// docs/states.md, drawn from the tables of domain/.
std::string state_page();

} // namespace ringmaster::tidy
