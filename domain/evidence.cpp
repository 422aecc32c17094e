#include <algorithm>
#include <chrono>

#include "domain/attempt.hpp"

namespace ringmaster::attempt {

// -- evidence -------------------------------------------------------------------------------------

namespace {

using namespace std::chrono_literals;

/// How far the carrier's stamp of a call may lie outside the time in which we can have sent it.
constexpr auto early = 2s;
constexpr auto late = 60s;

enum class match { no, certain, perhaps };

match compare(const doubt& d, const listed_call& c) {
  auto differs = [](const std::string& theirs, const phone_number& ours) {
    return !theirs.empty() && theirs != ours.reveal();
  };
  if (c.has_parent || differs(c.to, d.to) || differs(c.from, d.from))
    return match::no;
  if (!c.direction.empty() && c.direction != "outbound-api")
    return match::no;
  if (c.created_at
      && (*c.created_at < d.permit_at - early || *c.created_at > d.send_deadline + late))
    return match::no;
  // A call that tells too little to be bound still stands against its absence.
  auto told = c.created_at && !c.direction.empty() && c.sid;
  return told ? match::certain : match::perhaps;
}

} // namespace

conclusion weigh(const doubt& d, const sighting& s, const ladder& rules, instant now) {
  using kind = conclusion::kind;
  conclusion out;
  const listed_call* candidate = nullptr;
  std::size_t certain = 0;
  std::size_t perhaps = 0;
  if (s.readable) {
    for (const auto& c : s.unbound) {
      auto found = compare(d, c);
      if (found == match::perhaps)
        ++perhaps;
      if (found != match::certain || (candidate && candidate->sid == c.sid))
        continue;
      candidate = &c;
      ++certain;
    }
  }
  if (certain == 1 && perhaps == 0) {
    out.what = kind::bind;
    out.sid = candidate->sid;
    return out;
  }
  if (certain > 0) {
    out.what = kind::needs_review;
    return out;
  }
  if (now >= d.send_deadline + rules.expire) {
    out.what = kind::unknown_final;
    return out;
  }
  // From here on the answer is to wait, or that there was no call.
  auto expires = d.send_deadline + rules.expire;
  auto wait_until = [&](instant t) {
    out.next_read = std::min(std::max(t, now + 1s), expires);
    return out;
  };
  auto first_counts = d.send_deadline + rules.first;
  if (now < first_counts)
    return wait_until(first_counts);
  if (!s.readable || perhaps > 0)
    return wait_until(now + rules.again);
  if (!d.first_absent_read || *d.first_absent_read < first_counts) {
    out.counts_absent = true;
    return wait_until(now + rules.again);
  }
  auto second_counts = *d.first_absent_read + rules.again;
  if (now < second_counts)
    return wait_until(second_counts);
  if (s.fresh || now >= d.send_deadline + rules.give_up) {
    out.what = kind::not_placed;
    return out;
  }
  return wait_until(std::min(now + rules.again, d.send_deadline + rules.give_up));
}

// -- fences -----------------------------------------------------------------------------------------

fence judge_fence(const fence_facts& f) {
  if (f.stopped || f.other_sid || !f.window_open || f.owner != campaign::status::running)
    return fence::hang_up;
  switch (f.attempt) {
    case status::intent:
    case status::ambiguous:
    case status::accepted:
    case status::needs_review:
      return fence::pass;
    case status::ended:
      // News of a call that is over come late and out of order; that alone is no late call.
      return f.call_over && !f.answered ? fence::pass : fence::hang_up;
    case status::rejected:
    case status::voided:
    case status::not_placed:
    case status::unknown_final:
      return fence::hang_up;
  }
  return fence::hang_up;
}

} // namespace ringmaster::attempt
