#pragma once

#include <string>
#include <vector>

#include "tests/net/live_rig.hpp"

namespace ringmaster::net_tests {

/// What stands at a JSON pointer, as text; numbers and truths as JSON writes them.
std::string word(const http::response& r, const std::string& pointer);
/// All "pointer code" of a refusal, sorted as they came.
std::string mistakes_of(const http::response& r);

/// The edge with an agent that answers by rules from what the desk knows, as the BRAIN would.
struct knowledge_rig : live_rig {
  knowledge_rig();

  /// The answer to a message; kept with its conversation and its gap, unless it is a rehearsal.
  result<brain::answered> think(const ask_brain& m);
  /// A business that is open nine to six and lies in Main Street.
  void open_shop();
  /// The id of a gap that was logged for this question.
  std::string log(const std::string& question);
  std::string propose(const std::string& title, const std::string& starts_at);

  std::vector<brain::inquiry> asked; ///< of the agent
};

} // namespace ringmaster::net_tests
