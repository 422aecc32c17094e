#pragma once

#include <string>
#include <vector>

#include "domain/assistant.hpp"
#include "gateways/assistant/json_text.hpp"

// What people wrote, as the JSON that stands in a prompt.

namespace ringmaster::assistant {

/// Between the two lines that the prompts speak of.
std::string fenced(const std::string& data);

std::string price_of(const money& limit);
object_text data_of(const briefing& about);
std::string plan_of(const plan& p);
object_text data_of(const live_brief& about);
object_text data_of(const extract_request& what);
object_text data_of(const chat_brief& what);
/// A list of {"n", "source", "title", "text"}, counted from 1.
std::string passages_of(const std::vector<knowledge::passage>& found);

} // namespace ringmaster::assistant
