#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/calendar.hpp"
#include "domain/knowledge.hpp"

// The parts of chats and proposals that stand in the database as JSON; as in task_json.hpp.

namespace ringmaster {

std::string write_citations(const std::vector<knowledge::citation>& list);
std::vector<knowledge::citation> read_citations(std::string_view json);

std::string write_entry(const calendar::entry& e);
calendar::entry read_entry(std::string_view json);

} // namespace ringmaster
