#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/assistant.hpp"
#include "domain/calendar.hpp"
#include "domain/gap.hpp"
#include "domain/knowledge.hpp"

// The brain: a user's chat with one of their agents, answered from profile and knowledge base.

namespace ringmaster {

using chat_id = id<struct chat_tag>;

namespace brain {

/// One message of a chat.
struct message {
  std::int32_t n = 0; ///< from 1
  bool from_user = true;
  std::string text;
  std::vector<knowledge::citation> sources; ///< of a reply
  std::optional<gap_id> gap;
  std::optional<proposal_id> proposal;
  std::string by;     ///< of a reply: "rules", "openai gpt-4o-mini"
  instant at{};
};
struct chat {
  chat_id id;
  knowledge::agent with = knowledge::agent::aloha;
  std::string title; ///< the first words of the user's
  std::int32_t messages = 0;
  instant created_at{}, updated_at{};
};

/// A user's message. `rehearsal`: nothing is stored, no gap logged, no proposal made (replays,
/// "test a question").
struct inquiry {
  knowledge::agent to = knowledge::agent::aloha;
  std::string text; ///< 1..2,000 characters
  std::optional<chat_id> chat; ///< none: a new one
  bool rehearsal = false;
};
struct answered {
  std::optional<chat_id> chat; ///< none in a rehearsal
  std::string reply;
  bool covered = false; ///< answered from sources (or done, where it was a wish and no question)
  std::vector<knowledge::citation> sources;
  std::optional<gap::record> gap;
  std::optional<calendar::proposal> proposal;
  std::string by;
};

/// The text of an answer on its way to the user: given in pieces as a model speaks, it comes out
/// in whole sentences that were held against the sources. A sentence with a fact that no source
/// has is not let out; then the answer is broken, and nothing more comes.
class gate {
public:
  gate(std::string question, std::vector<knowledge::passage> sources);
  /// What may be shown now. Marks of sources ("[1]", "[2]") are taken out and remembered.
  std::string push(std::string_view piece);
  std::string finish();
  bool broken() const { return broken_; }
  /// The facts that no source has.
  const std::vector<std::string>& strange() const { return strange_; }
  /// What was let out, and what bears it: the marked passages, or those that have its words.
  const std::string& text() const { return out_; }
  std::vector<knowledge::citation> sources() const;

private:
  std::string release(bool all);
  std::string question_, held_, out_;
  std::vector<knowledge::passage> sources_;
  std::vector<std::size_t> marked_;
  std::vector<std::string> strange_;
  bool broken_ = false;
};

/// The tool with which a model says that it does not know: {"question", "requested_info",
/// "category"}, all texts, only `question` required. Also among the tools of live calls.
const assistant::tool& gap_tool();
/// Reads its arguments; empty parts where it has none. `malformed` for no JSON object.
result<gap::draft> read_gap_arguments(std::string_view json);

} // namespace brain
} // namespace ringmaster
