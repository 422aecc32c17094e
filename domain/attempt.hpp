#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/call.hpp"
#include "domain/campaign.hpp"
#include "domain/error.hpp"
#include "domain/target.hpp"

namespace ringmaster::attempt {

/// One attempt to ring one number: at most one create request at the carrier, ever.
enum class status : std::uint8_t {
  intent,        ///< the permit is committed; perhaps the request is on its way
  accepted,      ///< the carrier named a call for it
  ambiguous,     ///< bytes left us, and we do not know whether a call was made
  ended,         ///< the call is over and its result is settled
  rejected,      ///< the carrier refused: certainly no call
  voided,        ///< never sent, or throttled: certainly no call
  not_placed,    ///< ambiguous, and evidence says that there was no call
  needs_review,  ///< more than one call may be it; a person must look; counts as placed
  unknown_final, ///< no evidence within a day; counts as placed; only a person may redial
};

enum class event : std::uint8_t {
  accept,   ///< 2xx with a sid, a signed callback, or a call found by list
  reject,   ///< 4xx with the carrier's error
  withdraw, ///< the gate closed, no byte was written, or 429
  lose,     ///< 5xx, timeout, cut or garbage after at least one byte
  absent,   ///< two fresh lists without it
  confuse,  ///< several candidates
  expire,   ///< a day has passed
  settle,   ///< final status seen and its consequences stored
};

struct rule {
  status from;
  event on;
  status to;
};

/// The life of an attempt. A callback that names the attempt proves the call whatever was
/// concluded before, so `accept` leads out of the verdicts of absence too: straight to `ended`,
/// not back to `accepted`. The record then says that a call was made and which; the fence ends
/// that call; the target's step was taken with the verdict and is not taken again; and the number
/// is not held a second time, since another attempt may hold it by now.
inline constexpr auto rules = [] {
  using enum status;
  using enum event;
  return std::to_array<rule>({
    {intent,        accept,   accepted     },
    {intent,        reject,   rejected     },
    {intent,        withdraw, voided       },
    {intent,        lose,     ambiguous    },
    {ambiguous,     accept,   accepted     },
    {ambiguous,     absent,   not_placed   },
    {ambiguous,     confuse,  needs_review },
    {ambiguous,     expire,   unknown_final},
    {accepted,      settle,   ended        },
    {needs_review,  accept,   accepted     },
    {rejected,      accept,   ended        },
    {voided,        accept,   ended        },
    {not_placed,    accept,   ended        },
    {unknown_final, accept,   ended        },
  });
}();

std::string_view to_string(status s);
std::string_view to_string(event e);
std::optional<status> parse_status(std::string_view text);
result<rule> decide(status now, event on);
/// Still able to ring: holds the number against a second attempt.
constexpr bool live(status s) {
  return s == status::intent || s == status::accepted || s == status::ambiguous;
}

// -- what the answer to a create request means ---------------------------------------------------

/// What came back from the one create request, before any judgement.
struct exchange {
  enum class how : std::uint8_t {
    not_sent,   ///< the gate refused, or no connection: zero bytes of the request were written
    answered,   ///< a complete HTTP response
    broken,     ///< at least one byte written, then timeout, reset, end or malformed HTTP
  } how = how::not_sent;
  int http_status = 0;
  std::optional<std::int32_t> carrier_code; ///< `code` of the error body, if there was one
  std::optional<call_sid> sid;               ///< of a 2xx body
  bool numbers_match = false;                ///< `to` and `from` of a 2xx body are ours
  std::string detail;                        ///< for people
  std::optional<std::chrono::seconds> retry_after;
  std::optional<std::chrono::milliseconds> queue_time;
  std::optional<call::status> state;
};

/// What the engine does beyond this attempt.
enum class consequence : std::uint8_t {
  none,
  back_off,       ///< 429, 10004: slow down
  pause_campaign, ///< the caller id or the account's permissions are wrong
  stop_account,   ///< bad credentials, suspended: stop all dialing, alert
};

/// The judgement of one exchange (`invariants` 4.2, and the table of carrier codes).
struct judgement {
  event on = event::lose;
  consequence then = consequence::none;
  target::event target_step = target::event::requeue; ///< for reject and withdraw
  std::string reason;
};
/// Total: every exchange maps to one judgement, and never to "no call" after bytes were sent,
/// unless the carrier refused (4xx with its JSON error, 429).
judgement judge(const exchange& x);

// -- evidence -------------------------------------------------------------------------------------

/// A call found in the carrier's list.
struct listed_call {
  call_sid sid;
  std::string to, from, direction;
  bool has_parent = false;
  std::optional<instant> created_at;
  call::status state = call::status::queued;
};

struct ladder {
  std::chrono::seconds first{60};    ///< carrier.reconcile_after
  std::chrono::seconds again{30};    ///< carrier.reconcile_again
  std::chrono::seconds give_up{600}; ///< carrier.reconcile_give_up: absence counts without a watermark
  std::chrono::hours expire{24};
};

/// What is known of an ambiguous attempt.
struct doubt {
  phone_number to, from;
  instant permit_at{};
  instant send_deadline{};
  std::optional<instant> first_absent_read; ///< the first readable list without it
};

/// One reading of the list, after other attempts' calls were taken out of it.
struct sighting {
  bool readable = false;
  std::vector<listed_call> unbound; ///< with our To and From, not bound to any attempt
  bool fresh = false; ///< the list showed a call of ours that was created after the send deadline
};

struct conclusion {
  enum class kind : std::uint8_t { bind, wait, not_placed, needs_review, unknown_final } what = kind::wait;
  std::optional<call_sid> sid;
  instant next_read{};   ///< for `wait`
  bool counts_absent = false; ///< remember `now` as the first absent read if there was none
};

/// The evidence ladder: one matching call binds; several need a person; absence counts only by
/// two reads, the first at least `first` after the send deadline, the second at least `again`
/// later, and only when the list is fresh or `give_up` has passed; a day ends it.
conclusion weigh(const doubt& d, const sighting& s, const ladder& rules, instant now);

// -- fences -----------------------------------------------------------------------------------------

/// What to do with a call that shows itself (its `initiated` callback or its answer request).
enum class fence : std::uint8_t {
  pass,
  hang_up, ///< end it at the carrier, answer <Hangup/>, raise the alarm `late_call`
};
struct fence_facts {
  status attempt = status::accepted;
  campaign::status owner = campaign::status::running;
  bool stopped = false;     ///< global stop
  bool window_open = true;
  bool other_sid = false;   ///< the attempt is bound to a different call
  bool answered = false;    ///< the answer request, not the `initiated` callback
  /// A final status of this call is known: late news of it are no late call.
  bool call_over = false;
};
/// A call passes only while its campaign runs inside its window, for an attempt that may still have
/// one and is not bound to another. `ended` without `call_over` is a call that was proven after a
/// verdict of absence.
fence judge_fence(const fence_facts& f);

} // namespace ringmaster::attempt
