#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/error.hpp"
#include "domain/findings.hpp"
#include "domain/ids.hpp"
#include "domain/knowledge.hpp"
#include "domain/money.hpp"
#include "domain/people.hpp"

// The MODEL, as the engine asks it: typed questions, typed answers. Everything in a question that
// people wrote is data for the model, never an instruction to the engine; and no answer is a
// permission: prices, numbers, fields and approvals are judged by task.hpp whatever a model says.

namespace ringmaster::assistant {

enum class function : std::uint8_t { plan, questions, script, approval, risks, extract, turn, chat };
std::string_view to_string(function f);

/// What is known about a task when the model is asked.
struct briefing {
  std::string instruction; ///< the user's own words
  std::string title;
  ringmaster::tone tone = tone::friendly;
  std::optional<money> max_price;
  std::vector<std::string> hard_constraints, soft_preferences;
  std::string contact_name, company_name;
  std::string phone_number; ///< E.164; empty: not known
  /// What the user has answered: field and text.
  std::vector<std::pair<std::string, std::string>> answers;
  std::string business; ///< describe(business_profile)
  std::vector<std::string> allowed_auth_fields;
  instant now{};
  std::string timezone = "UTC"; ///< in which "tomorrow" and "3 pm" are meant
  std::string region{};         ///< in which national numbers and dates are read; empty: not known
};

/// A question to the user. `field` is a stable name: "phone_number", "max_price", "date",
/// "time", "party_size", "name", "account_number", ... A required one holds the task back.
struct question {
  std::string field;
  std::string text;
  bool required = true;
  friend bool operator==(const question&, const question&) = default;
};

/// A1.
struct plan {
  std::string title; ///< up to 80 characters
  std::string goal;  ///< one sentence
  std::vector<std::string> steps;
  std::vector<std::string> hard_constraints, soft_preferences; ///< found in the text
  std::string contact_name, company_name, phone_number; ///< found in the text; number as written
  std::optional<money> max_price;                       ///< found in the text
  /// Moments and spans found, as the text says them and as they are meant ("2026-11-24",
  /// "2026-11-24T15:00", "2026-11-23/2026-11-29"; empty where the meaning is open).
  struct when {
    std::string text, meaning;
    friend bool operator==(const when&, const when&) = default;
  };
  std::vector<when> times;
  std::vector<question> missing;
  friend bool operator==(const plan&, const plan&) = default;
};

/// A2.
struct questions {
  std::vector<question> list;
  friend bool operator==(const questions&, const questions&) = default;
};

/// A3. The disclosure is the installation's, word for word, and part of the introduction.
struct script {
  std::string introduction;
  std::vector<std::string> key_questions;
  /// What may come up, and what is said then.
  std::vector<std::pair<std::string, std::string>> fallback_answers;
  std::string price_negotiation; ///< empty where no price is at stake
  std::string closing;
  std::string voicemail;
  friend bool operator==(const script&, const script&) = default;
};

/// A6, the model's opinion; task::needs_approval decides.
struct approval {
  bool needed = false;
  std::string reason;
  friend bool operator==(const approval&, const approval&) = default;
};

/// A7.
struct risks {
  enum class level : std::uint8_t { none, caution, refuse };
  struct finding {
    std::string kind; ///< "harassment", "fraud", "emergency_number", "impersonation", ...
    std::string why;  ///< a sentence for the user
    friend bool operator==(const finding&, const finding&) = default;
  };
  level verdict = level::none;
  std::vector<finding> findings;
  friend bool operator==(const risks&, const risks&) = default;
};
std::string_view to_string(risks::level l);

struct plan_request {
  briefing about;
};
struct questions_request {
  briefing about;
  plan so_far;
};
struct script_request {
  briefing about;
  plan so_far;
  std::string disclosure;
};
struct approval_request {
  briefing about;
  money max_auto_approve;
};
struct risks_request {
  briefing about;
};

/// What a conversation is about: fixed for a call, given to whoever thinks for it.
struct live_brief {
  briefing about;   ///< of a campaign's call: its script as the instruction, the target's name
  bool of_task = false;
  plan so_far;      ///< a task's
  script words;     ///< a task's; a campaign's has its introduction only
  std::string disclosure; ///< said already when the model's first turn comes
  /// What may be said to prove who calls: field and value. All others are unknown to the model.
  std::vector<std::pair<std::string, std::string>> identity;
  /// What may be agreed to without asking the owner; none: no price may be agreed to.
  std::optional<money> may_accept;
};

/// A5: what a call came to. The findings are verified against the transcript by talk::verify.
struct extract_request {
  live_brief about;
  std::vector<talk::segment> transcript;
  talk::listener who = talk::listener::unknown;
  std::vector<talk::schema_field> schema;
};

using request =
    std::variant<plan_request, questions_request, script_request, approval_request, risks_request, extract_request>;
/// The reply has the place of its request: plan for plan_request, and so on.
using reply = std::variant<plan, questions, script, approval, risks, talk::findings>;
function function_of(const request& r);

/// What one try cost, told for failed ones too. Tokens are estimated where the server says none.
struct usage {
  std::string provider; ///< the name in ai.providers
  std::string model;
  std::string prompt_version; ///< "plan-1"
  std::int64_t prompt_tokens = 0, completion_tokens = 0;
  std::int64_t cost_micros = 0; ///< USD, by the provider's configured prices
  std::chrono::milliseconds took{0};
  std::string failure; ///< empty: it is the one that answered
};

/// A key of the user's own for a provider, instead of the installation's.
struct own_key {
  std::string provider;
  std::string secret;
};

struct order {
  request what;
  user_id user;
  std::vector<own_key> keys{};
  /// What the user's models may still cost today; providers with a price are passed over when
  /// nothing is left. None: no cap.
  std::optional<std::int64_t> budget_micros{};
  /// All tries together; after it the answer is `unavailable`.
  std::chrono::milliseconds patience{120'000};
};

struct completion {
  result<reply> what;
  std::vector<usage> tries; ///< in their order; the last one answered if `what` holds
};

// -- speaking -------------------------------------------------------------------------------------

struct tool {
  std::string name, description, schema; ///< JSON Schema as text
};
struct tool_call {
  std::string id, name, arguments; ///< arguments: JSON text, parsed, an object
  std::string extra;               ///< unknown members as JSON, to be sent back unchanged
};
struct message {
  enum class role : std::uint8_t { system, user, assistant, tool };
  role from = role::user;
  std::string text;
  std::vector<tool_call> calls{};
  std::string answers{}; ///< for a tool's result: the id of the call
};
/// What has been said, as the one who thinks for the assistant sees it.
struct exchanged {
  std::vector<talk::segment> so_far;
  talk::listener who = talk::listener::unknown;
  std::string whisper;           ///< the owner's last instruction that was not followed yet
  std::vector<std::string> news; ///< what the engine adds: "The owner says yes to 95.00 USD."
  /// What the knowledge base has to the other end's last words, if they were a question and it could
  /// be read (`consulted`).
  std::vector<knowledge::passage> passages{};
  bool consulted = false;
};
/// What a chat's turn is about: a user's question to an agent, and all that may be answered from.
struct chat_brief {
  knowledge::agent who = knowledge::agent::aloha;
  std::string question;
  std::vector<knowledge::passage> found;
  std::vector<std::pair<bool, std::string>> before; ///< true: the user's
  instant now{};
  std::string timezone = "UTC";
};
/// A live turn has `about` and `said`, a chat's has `chat`: the gateway makes the messages from its
/// prompts, the rules read them as they are. Without them `messages` are sent as they stand.
struct turn {
  std::vector<message> messages;
  std::vector<tool> tools{};
  std::int32_t max_tokens = 300;
  user_id user{};
  std::vector<own_key> keys{};
  std::optional<std::int64_t> budget_micros{};
  std::shared_ptr<const live_brief> about{};
  exchanged said{};
  std::shared_ptr<const chat_brief> chat{};
};
struct turn_end {
  std::string text;
  std::vector<tool_call> calls;
  std::vector<usage> tries;
};

/// A turn being spoken. Destroying it cancels: the connection is closed and nothing is told any
/// more.
class speech {
public:
  virtual ~speech() = default;
};

/// The door. Returns at once; calls back on a thread of the gateway's, which must not block.
class models {
public:
  virtual ~models() = default;

  /// Asks the providers in their order; `done` is called exactly once.
  virtual void ask(order what, std::function<void(completion)> done) = 0;
  /// Streams a turn: `on_text` gets whole UTF-8 sequences in order, then `done` comes once, unless
  /// the speech was destroyed before. A provider is changed only before any text was told.
  virtual std::unique_ptr<speech> speak(
      turn what, std::function<void(std::string_view)> on_text,
      std::function<void(result<turn_end>)> done) = 0;
};

} // namespace ringmaster::assistant
