#include "domain/call.hpp"

#include <algorithm>

#include "domain/words.hpp"

namespace ringmaster {

std::optional<call_sid> call_sid::parse(std::string_view text) {
  auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (text.size() != 34 || !text.starts_with("CA")
      || !std::all_of(text.begin() + 2, text.end(), is_hex))
    return std::nullopt;
  return call_sid{std::string{text}};
}

namespace call {

namespace {

constexpr auto statuses = vocabulary_of<status>(
  "queued", "initiated", "ringing", "in-progress", "completed", "busy", "no-answer", "failed",
  "canceled");
static_assert(statuses.words.size() == static_cast<std::size_t>(status::canceled) + 1);

constexpr auto answerers = vocabulary_of<answerer>("not_told", "human", "machine", "fax", "unknown");
static_assert(answerers.words.size() == static_cast<std::size_t>(answerer::unknown) + 1);

constexpr auto outcomes = vocabulary_of<outcome>(
  "none", "answered", "voicemail", "busy", "no_answer", "failed", "canceled", "rejected", "unknown");
static_assert(outcomes.words.size() == static_cast<std::size_t>(outcome::unknown) + 1);

} // namespace

std::string_view to_string(status s) { return statuses[s]; }

std::optional<status> parse_status(std::string_view text) {
  if (text == "answered")
    return status::in_progress;
  return statuses.find(text);
}

answerer read_answered_by(std::string_view text) {
  if (text.empty())
    return answerer::not_told;
  if (text == "human")
    return answerer::human;
  if (text == "fax")
    return answerer::fax;
  if (text == "machine_start" || text == "machine_end_beep" || text == "machine_end_silence"
      || text == "machine_end_other")
    return answerer::machine;
  return answerer::unknown;
}

std::string_view to_string(answerer a) { return answerers[a]; }
std::string_view to_string(outcome o) { return outcomes[o]; }
std::optional<outcome> parse_outcome(std::string_view text) { return outcomes.find(text); }

outcome outcome_of(status final_status, answerer by) {
  switch (final_status) {
    case status::completed:
      if (by == answerer::machine)
        return outcome::voicemail;
      // A fax took the call: nobody was reached, and nothing was left.
      return by == answerer::fax ? outcome::failed : outcome::answered;
    case status::busy: return outcome::busy;
    case status::no_answer: return outcome::no_answer;
    case status::failed: return outcome::failed;
    case status::canceled: return outcome::canceled;
    default: return outcome::none;
  }
}

} // namespace call
} // namespace ringmaster
