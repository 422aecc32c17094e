#include "domain/attempt.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "domain/words.hpp"

namespace ringmaster::attempt {

namespace {

constexpr auto statuses = vocabulary_of<status>(
  "intent", "accepted", "ambiguous", "ended", "rejected", "voided", "not_placed", "needs_review",
  "unknown_final");
static_assert(statuses.words.size() == static_cast<std::size_t>(status::unknown_final) + 1);

constexpr auto events = vocabulary_of<event>(
  "accept", "reject", "withdraw", "lose", "absent", "confuse", "expire", "settle");
static_assert(events.words.size() == static_cast<std::size_t>(event::settle) + 1);

} // namespace

std::string_view to_string(status s) { return statuses[s]; }
std::string_view to_string(event e) { return events[e]; }
std::optional<status> parse_status(std::string_view text) { return statuses.find(text); }

result<rule> decide(status now, event on) {
  const auto* row = std::find_if(
    rules.begin(), rules.end(), [&](const rule& r) { return r.from == now && r.on == on; });
  if (row != rules.end())
    return *row;
  error why{
    .code = errc::wrong_state,
    .detail = "no " + std::string{to_string(on)} + " for an attempt that is "
              + std::string{to_string(now)}};
  why.current_status = to_string(now);
  for (const auto& r : rules)
    if (r.from == now)
      why.allowed_transitions.emplace_back(to_string(r.on));
  return fail(std::move(why));
}

// -- what the answer to a create request means ---------------------------------------------------

namespace {

/// What one of the carrier's codes means when it comes with a 4xx.
struct meaning {
  std::int32_t code;
  event on;
  consequence then;
  target::event target_step;
  std::string_view words;
};

constexpr auto meanings = [] {
  using enum event;
  using enum consequence;
  using t = target::event;
  return std::to_array<meaning>({
    {10001, reject,   stop_account,   t::requeue, "the carrier's account is suspended"            },
    {10002, reject,   stop_account,   t::requeue, "the trial account may not do this"             },
    {10004, reject,   back_off,       t::requeue, "too many calls at the same time"               },
    {20003, reject,   stop_account,   t::requeue, "the carrier does not accept the credentials"   },
    {20005, reject,   stop_account,   t::requeue, "the carrier's account is not active"           },
    {20010, reject,   stop_account,   t::requeue, "the account may not make calls"                },
    {20404, reject,   pause_campaign, t::requeue, "the carrier does not know the account"         },
    {20429, withdraw, back_off,       t::requeue, "too many requests to the carrier"              },
    {20500, lose,     none,           t::requeue, "an error inside the carrier"                   },
    {20503, lose,     none,           t::requeue, "the carrier is not available"                  },
    {21201, reject,   pause_campaign, t::requeue, "the request names no number to call"           },
    {21203, reject,   none,           t::refuse,  "the account may not call this country"         },
    {21205, reject,   pause_campaign, t::requeue, "the answer URL is not valid"                   },
    {21206, reject,   pause_campaign, t::requeue, "a parameter of the request is not valid"       },
    {21208, reject,   pause_campaign, t::requeue, "a parameter of the request is not valid"       },
    {21209, reject,   pause_campaign, t::requeue, "the callback URL is not valid"                 },
    {21210, reject,   pause_campaign, t::requeue, "the caller id is not verified"                 },
    {21211, reject,   none,           t::refuse,  "not a valid number"                            },
    {21212, reject,   pause_campaign, t::requeue, "the caller id is not a valid number"           },
    {21213, reject,   pause_campaign, t::requeue, "the caller id is missing"                      },
    {21214, reject,   none,           t::retry,   "the number cannot be reached"                  },
    {21215, reject,   none,           t::refuse,  "the account may not call this country"         },
    {21216, reject,   none,           t::refuse,  "the carrier blocks this number"                },
    {21217, reject,   none,           t::refuse,  "not a valid number"                            },
    {21218, reject,   pause_campaign, t::requeue, "the application is not valid"                  },
    {21219, reject,   pause_campaign, t::requeue, "a trial account calls verified numbers only"   },
    {21234, reject,   pause_campaign, t::requeue, "a parameter of the request is not valid"       },
    {22005, reject,   stop_account,   t::requeue, "more than a day of calls waits at the carrier" },
    {32018, reject,   pause_campaign, t::requeue, "the instructions of the call are too long"     },
  });
}();
static_assert(std::is_sorted(meanings.begin(), meanings.end(), [](const meaning& a, const meaning& b) {
  return a.code < b.code;
}));

const meaning* find_meaning(std::int32_t code) {
  const auto* found = std::lower_bound(
    meanings.begin(), meanings.end(), code,
    [](const meaning& m, std::int32_t wanted) { return m.code < wanted; });
  return found != meanings.end() && found->code == code ? found : nullptr;
}

/// A number that the carrier uses as a code; anything else in its place proves nothing.
bool is_carrier_code(std::int32_t code) { return code >= 10'000 && code <= 99'999; }

std::string words_of(std::string_view what, const exchange& x) {
  std::string out{what};
  if (x.how == exchange::how::answered) {
    out += " (HTTP " + std::to_string(x.http_status);
    if (x.carrier_code)
      out += ", code " + std::to_string(*x.carrier_code);
    out += ')';
  }
  if (!x.detail.empty())
    out += ": " + x.detail;
  return out;
}

judgement lost(std::string_view what, const exchange& x) {
  return {event::lose, consequence::none, target::event::requeue, words_of(what, x)};
}

judgement judge_refusal(const exchange& x) {
  using t = target::event;
  if (x.http_status == 429)
    return {event::withdraw, consequence::back_off, t::requeue,
            words_of("too many requests to the carrier", x)};
  // Whatever the body says, these credentials make no calls.
  if (x.http_status == 401)
    return {event::reject, consequence::stop_account, t::requeue,
            words_of("the carrier does not accept the credentials", x)};
  auto known_shape = x.carrier_code && is_carrier_code(*x.carrier_code);
  if (known_shape)
    if (const auto* m = find_meaning(*x.carrier_code))
      return {m->on, m->then, m->target_step, words_of(m->words, x)};
  if (x.http_status == 403)
    return {event::reject, consequence::stop_account, t::requeue,
            words_of("the carrier forbids calls from this account", x)};
  if (x.http_status == 404)
    return {event::reject, consequence::pause_campaign, t::requeue,
            words_of("the carrier does not know the account", x)};
  if (known_shape)
    return {event::reject, consequence::none, t::retry, words_of("the carrier refused the call", x)};
  // A proxy can answer 400 or 408 in the carrier's place after it has passed the request on.
  return lost("refused without the carrier's own error", x);
}

} // namespace

judgement judge(const exchange& x) {
  switch (x.how) {
    case exchange::how::not_sent:
      return {event::withdraw, consequence::none, target::event::requeue,
              words_of("nothing was sent", x)};
    case exchange::how::answered: break;
    default: return lost("the connection broke after the request had left", x);
  }
  if (x.http_status >= 200 && x.http_status < 300) {
    if (!x.sid || !*x.sid)
      return lost("accepted, but the answer names no call", x);
    if (!x.numbers_match)
      return lost("accepted, but the answer names other numbers", x);
    return {event::accept, consequence::none, target::event::requeue, "accepted by the carrier"};
  }
  if (x.http_status >= 400 && x.http_status < 500)
    return judge_refusal(x);
  if (x.http_status >= 500)
    return lost("an error inside the carrier", x);
  return lost("an answer that proves nothing", x);
}

} // namespace ringmaster::attempt
