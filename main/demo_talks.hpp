#pragma once

#include <nlohmann/json.hpp>

#include <string>

#include "main/api_client.hpp"

namespace ringmaster {

/// True when the engine has processed the call, or there is nothing to process.
result<bool> is_processed(api_client& api, const std::string& call);

/// What became of a conversation in a word or two: "goal achieved", "opted out", ...
result<std::string> talk_in_a_word(api_client& api, const std::string& call);

/// What a call came to, for people: its words, the values found with the place that bears them, and
/// the follow-ups. Each line begins with `indent`.
result<std::string> tell_talk(api_client& api, const std::string& call, const std::string& indent);

} // namespace ringmaster
