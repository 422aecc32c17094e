#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/error.hpp"
#include "domain/ids.hpp"
#include "domain/knowledge.hpp"

// The life of a knowledge gap: something was asked that no agent could answer.

namespace ringmaster::gap {

enum class status : std::uint8_t { open, resolved, ignored };
std::string_view to_string(status s);
std::optional<status> parse_status(std::string_view text);

/// Where it was asked.
enum class source : std::uint8_t { chat, call, task, api };
std::string_view to_string(source s);
std::optional<source> parse_source(std::string_view text);

/// One asking of a question.
struct draft {
  knowledge::agent who = knowledge::agent::aloha;
  source from = source::api;
  std::string question;       ///< 1..500 characters
  std::string requested_info; ///< up to 500; empty: by the question
  std::string category;       ///< a model's opinion; empty or unknown: by the question
  std::string answered;       ///< what was said instead of an answer, up to 2,000
  std::optional<uuid> context; ///< the call session, the conversation or the task
  std::vector<std::pair<std::string, std::string>> metadata; ///< up to 20 of 100 and 1,000 characters
};
struct checked {
  draft said;
  knowledge::reading read;
  knowledge::category about = knowledge::category::other;
};
/// All mistakes together, pointers like "/question". A question without a word to go by is `invalid`.
result<checked> check(const draft& d);

struct record {
  gap_id id;
  knowledge::agent who = knowledge::agent::aloha; ///< who could not answer first
  source from = source::api;
  std::string question, requested_info, asks;
  knowledge::category suggested = knowledge::category::other;
  status state = status::open;
  std::optional<instant> resolved_at; ///< or ignored
  std::string resolved_by;            ///< the principal of the audit trail
  std::string resolution_notes;
  std::string resolution_action;      ///< "added_to_knowledge_base", "noted", "ignored"; empty: none
  std::optional<chunk_id> chunk;      ///< that was added for it
  std::optional<uuid> context;        ///< of the first asking
  std::vector<std::pair<std::string, std::string>> metadata;
  std::string last_answer;            ///< what was said instead at the last asking
  std::int64_t times_asked = 1;
  std::int64_t calls_affected = 0;    ///< different call sessions
  std::int64_t times_reopened = 0;
  std::int64_t version = 1;
  instant created_at{}, last_asked_at{}, updated_at{};
};

/// One asking, as it is listed with its gap.
struct asking {
  std::int64_t n = 0;
  knowledge::agent who = knowledge::agent::aloha;
  source from = source::api;
  std::string question, answered;
  std::optional<uuid> context;
  instant at{};
};

/// What happens to a gap. `resolve` and `ignore` are a user's acts.
struct resolve {
  std::string notes;             ///< 1..4,000 characters
  std::optional<chunk_id> chunk; ///< added for it
};
struct ignore {
  std::string notes; ///< up to 4,000
};
struct reopen {
  std::string reason; ///< up to 500
};
struct ask_again {}; ///< the same question came, and nothing answered it
using act = std::variant<resolve, ignore, reopen, ask_again>;
std::string_view name_of(const act& a); ///< "resolve", "ignore", "reopen", "ask_again"

/// One step of a gap's life, a line each; docs/states.md is made from it.
struct step {
  status from;
  std::string_view on;
  status to;
};
const std::vector<step>& steps();

/// What an act makes of a gap, or `wrong_state` with the acts that are allowed. An open gap asked
/// again stays open, a resolved one opens, an ignored one stays ignored.
result<status> decide(status now, const act& what);

} // namespace ringmaster::gap
