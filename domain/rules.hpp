#pragma once

#include "domain/assistant.hpp"

// The built-in provider: answers by rules, at once, without a network and always the same for the
// same question. It reads plain English and says of itself that it is rules, not a model.

namespace ringmaster::rules {

/// The name and version under which its answers are stored.
inline constexpr const char* provider = "rules";
inline constexpr const char* version = "rules-1";

/// Answers any request; never fails. The reply has the place of its request.
assistant::reply answer(const assistant::request& what);

/// The same, for what is needed outside of the gateway, too: content risks are judged by these
/// rules always, whatever a model says.
assistant::risks judge_risks(const assistant::briefing& about);

/// One turn of a conversation: a short, honest sentence that goes with the last words.
assistant::turn_end speak(const assistant::turn& what);

} // namespace ringmaster::rules
