#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/error.hpp"
#include "domain/ids.hpp"
#include "domain/phone_number.hpp"

namespace ringmaster {

/// The carrier's name of a call: `CA` and 32 lower-case hex digits.
struct call_sid {
  std::string value;
  static std::optional<call_sid> parse(std::string_view text);
  explicit operator bool() const { return !value.empty(); }
  friend auto operator<=>(const call_sid&, const call_sid&) = default;
};

namespace call {

/// The carrier's statuses. `initiated` is seen in callbacks only.
enum class status : std::uint8_t {
  queued, initiated, ringing, in_progress, completed, busy, no_answer, failed, canceled
};

/// queued 0 < initiated 1 < ringing 2 < in-progress 3 < every final status 4.
constexpr int rank(status s) {
  return s <= status::in_progress ? static_cast<int>(s) : 4;
}
constexpr bool ended(status s) { return rank(s) == 4; }

/// The carrier's spelling, also the API's: "in-progress", "no-answer".
std::string_view to_string(status s);
/// Exact, lower case. "answered" reads as in-progress.
std::optional<status> parse_status(std::string_view text);

/// How the news of one callback changes what is known. Callbacks come late, twice and in any
/// order: an update is applied only if its rank is higher, the first final status stands.
enum class change : std::uint8_t {
  advance,  ///< higher rank: take the status
  repeat,   ///< known already, or older: keep
  conflict, ///< a different final status: keep, record, ask the carrier
};
constexpr change judge(status known, status news) {
  if (rank(news) > rank(known))
    return change::advance;
  return ended(known) && ended(news) && known != news ? change::conflict : change::repeat;
}

/// Who answered, by the carrier's detection; unknown strings map to `unknown`.
enum class answerer : std::uint8_t { not_told, human, machine, fax, unknown };
answerer read_answered_by(std::string_view text);
std::string_view to_string(answerer a);

/// What a call came to, for the target and the retry rule.
enum class outcome : std::uint8_t { none, answered, voicemail, busy, no_answer, failed, canceled, rejected, unknown };
std::string_view to_string(outcome o);
std::optional<outcome> parse_outcome(std::string_view text);
outcome outcome_of(status final_status, answerer by);

/// A call as its owner sees it; made together with its attempt, so `sid` may be missing.
struct view {
  attempt_id id;
  std::optional<campaign_id> campaign;
  std::optional<target_id> target;
  std::optional<uuid> task; ///< of a task's campaign of one; then `campaign` is not shown
  phone_number to, from;
  std::int32_t attempt_number = 1;
  std::string attempt_state;
  std::optional<call_sid> sid;
  std::optional<status> state; ///< none while the carrier has not answered the create
  std::optional<instant> created_at, started_at, answered_at, ended_at;
  std::optional<std::int32_t> duration_seconds;
  std::string answered_by; ///< as the carrier says it
  std::string outcome;
  std::string reason;      ///< why no call was made, in words
  std::optional<std::int32_t> error_code; ///< the carrier's
};

} // namespace call
} // namespace ringmaster
