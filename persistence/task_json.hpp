#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/assistant.hpp"

// The parts of tasks, profiles and notifications that stand in the database as JSON. What is read
// was written here; if it is not of that shape all the same, reading throws db::failure.

namespace ringmaster {

using text_pairs = std::vector<std::pair<std::string, std::string>>;

/// `text` as PostgreSQL takes it: without zero bytes, and what is no UTF-8 replaced. Texts that a
/// model wrote go through it.
std::string storable(std::string_view text);

std::string write_pairs(const text_pairs& pairs);
text_pairs read_pairs(std::string_view json);

std::string write_plan(const assistant::plan& p);
assistant::plan read_plan(std::string_view json);

std::string write_risks(const assistant::risks& r);
assistant::risks read_risks(std::string_view json);

std::string write_questions(const std::vector<assistant::question>& list);
std::vector<assistant::question> read_questions(std::string_view json);

std::string write_script(const assistant::script& s);
assistant::script read_script(std::string_view json);

} // namespace ringmaster
