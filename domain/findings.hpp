#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/error.hpp"
#include "domain/listener.hpp"
#include "domain/money.hpp"
#include "domain/talk_settings.hpp"
#include "domain/transcript.hpp"

// What a call came to: read from its transcript, and believed only where the transcript bears it.

namespace ringmaster::talk {

enum class value_kind : std::uint8_t { text, number, datetime, boolean, json };
std::string_view to_string(value_kind k); ///< "string", "number", "datetime", "boolean", "json"
std::optional<value_kind> parse_value_kind(std::string_view text);

/// One extracted value. Keys of T10: "price" (json: amount "95.00", currency "USD", details),
/// "appointment" (json: date "2026-11-24", time "15:00", confirmation_number, status "offered",
/// "booked" or "declined"), "confirmation_number", "business_name", "person_name", "instruction",
/// "callback_time" (datetime), "phone_number"; and "result.NAME" for each field of the result
/// schema (a list is json with parts named "0", "1", ...). A key may come several times.
struct value {
  std::string key;
  value_kind kind = value_kind::text;
  /// What it is: text as it stands, a decimal number, "true" or "false", a date or a moment as
  /// "2026-11-24", "2026-11-24T15:00". Empty: unknown, unless there are parts.
  std::string text;
  std::vector<std::pair<std::string, std::string>> parts; ///< of a json value
  std::vector<std::int32_t> segments; ///< that support it; at least one of the callee's if known
  /// Why it cannot simply be taken: "the callee said 3 pm and later 4 pm". Empty: uncontradicted.
  std::string contradiction;
  bool known() const { return !text.empty() || !parts.empty(); }
  friend bool operator==(const value&, const value&) = default;
};

enum class verdict : std::uint8_t { unknown, no, yes };
std::string_view to_string(verdict v);
std::optional<verdict> parse_verdict(std::string_view text);

/// A call that should follow. It becomes a task that waits for the user.
struct follow_up {
  std::string instruction; ///< what to do, in words that stand alone
  std::string reason;
  std::string when;        ///< "2026-11-24T15:00", "2026-11-24"; empty: open
  friend bool operator==(const follow_up&, const follow_up&) = default;
};

struct findings {
  std::string summary; ///< one to three sentences
  verdict goal_achieved = verdict::unknown;
  sentiment mood = sentiment::neutral;
  listener who = listener::unknown;
  bool opt_out = false;
  bool wrong_number = false;
  std::vector<value> values;
  std::vector<follow_up> follow_ups;
  friend bool operator==(const findings&, const findings&) = default;
};

/// Holds findings against the transcript, whoever made them:
/// - a value without a segment of the callee's that speaks of it becomes unknown (no text,
///   parts and segments); what only the assistant said supports nothing, unless the callee agreed to it in the
///   next segment ("yes", "that is right"), which is then among its segments;
/// - amounts, dates, times, numbers and codes must be found in the supporting words (digits or
///   spelled), names as words; a negated sentence ("we do not have Tuesday") supports nothing;
/// - a later correction by the callee wins, and the value says so in `contradiction` where both
///   stood without an "actually" or "sorry";
/// - near-silence (fewer than `words_least` words of the callee's) and machines decide nothing:
///   goal unknown, no values but those of a menu or greeting that names the business;
/// - opt_out and wrong_number are true if the callee's own words say so (listener.hpp), whatever a
///   model says;
/// - the goal is achieved only where at least one segment of the callee's agrees or gives what was
///   asked; fields of the schema that are missing are added as unknown.
inline constexpr std::size_t words_least = 3;
findings verify(
    findings from, std::span<const segment> transcript, listener who,
    std::span<const schema_field> schema);

/// What a value says, as people read it: "Tue 24 Nov 2026, 15:00 (A-17)".
std::string show(const value& v);

} // namespace ringmaster::talk
