#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/assistant.hpp"

namespace ringmaster::assistant {

/// A text of prompts/, the newest of its name.
struct prompt_text {
  std::string version; ///< "plan-1"
  std::string text;
};

/// The instructions for a function. Empty if the build has none, which a test rules out.
const prompt_text& prompt_of(function f);
/// Who a named agent is, behind the instructions for `chat`.
const prompt_text& agent_prompt(knowledge::agent who);
/// Under which a turn's usage is booked: "turn-2", "chat-1+agent-sync-1"; empty for one without a
/// brief.
std::string version_of(const turn& what);
/// What is said when an answer did not fit; `{error}` stands in it.
const prompt_text& repair_prompt();

/// The question as a model reads it: the instructions as the system's words, and everything that
/// people wrote as one JSON document between two lines in a message of the user's. JSON has no line
/// ends of its own, so that nothing written into it can look like its end.
std::vector<message> messages_for(const request& what);

/// A live turn as a model reads it: the instructions; what the call is about, as data; what was
/// said, the callee's words as the user's messages; last what the engine and the owner of the call
/// add. What the knowledge base has stands right before the callee's last words, as data.
/// A chat's turn: the instructions and who the agent is; the passages, as data; what was said
/// before, and the question. A turn without either is sent as its messages stand.
std::vector<message> messages_for(const turn& what);

} // namespace ringmaster::assistant
