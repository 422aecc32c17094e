#include "carrier/book.hpp"

#include <algorithm>
#include <cmath>

#include "carrier/chance.hpp"

namespace ringmaster::telco {

namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

constexpr std::chrono::hours queue_max{24};
/// From the end of a machine's greeting to the verdict: the beep and a little more.
constexpr milliseconds after_greeting{700};

void append_hex(std::string& out, std::uint64_t value, int nibbles) {
  static constexpr char digits[] = "0123456789abcdef";
  for (int i = nibbles - 1; i >= 0; --i)
    out += digits[(value >> (4 * i)) & 15];
}

int sip_code_of(call::status how, const call_record& c) {
  switch (how) {
    case call::status::completed:
      return 200;
    case call::status::busy:
      return 486;
    case call::status::no_answer:
    case call::status::canceled:
      return 487;
    default:
      // A failed call is a number that does not exist, or a route that does not answer.
      return c.fate.seed % 3 == 0 ? 503 : 404;
  }
}

} // namespace

// -- making a call ---------------------------------------------------------------------------------

std::uint32_t book::count_request(const std::string& to) { return numbers_[to].requests++; }

std::string book::make_sid(std::uint32_t serial) const {
  // The last eight digits hold the serial in disguise, so that no table from sid to call is needed.
  std::string sid = "CA";
  sid.reserve(34);
  append_hex(sid, mix(run_key_ ^ mix(serial)), 16);
  append_hex(sid, mix(run_key_ + serial), 8);
  append_hex(sid, serial ^ static_cast<std::uint32_t>(run_key_), 8);
  return sid;
}

answer<call_record*> book::create(call_order order, std::uint32_t request_ordinal, instant now) {
  auto dial_at = now;
  if (rules_.calls_per_second > 0) {
    dial_at = std::max(now, next_slot_);
    if (dial_at - now > queue_max)
      return refuse(400, 22005, "More than 24 hours of calls are queued");
    next_slot_ = dial_at + microseconds(std::llround(1e6 / rules_.calls_per_second));
  }
  auto& number = numbers_[order.to];
  const auto serial = first_ + static_cast<std::uint32_t>(calls_.size());
  auto& c = calls_.emplace_back();
  c.serial = serial;
  c.sid = make_sid(serial);
  c.fate = decide_fate(rules_, order.to, request_ordinal, number.calls++);
  c.order = std::move(order);
  c.created_at = c.updated_at = now;
  c.dial_at = dial_at;
  c.queue_time = duration_cast<milliseconds>(dial_at - now);
  number.serials.push_back(serial);
  arm(dial_at, c, step::dial);
  forget();
  return &c;
}

void book::forget() {
  while (ended_ > rules_.keep_calls && !calls_.empty() && call::ended(calls_.front().status)) {
    auto found = numbers_.find(calls_.front().order.to);
    if (found != numbers_.end()) {
      // A number that is called again and again would pay for every erased front.
      auto& list = found->second.serials;
      const auto kept = std::upper_bound(list.begin(), list.end(), first_);
      if (kept - list.begin() > list.end() - kept)
        list.erase(list.begin(), kept);
    }
    calls_.pop_front();
    ++first_;
    --ended_;
  }
}

call_record* book::at(std::uint32_t serial) {
  if (serial < first_ || serial - first_ >= calls_.size())
    return nullptr;
  return &calls_[serial - first_];
}

call_record* book::find(std::string_view sid) {
  if (sid.size() != 34)
    return nullptr;
  std::uint32_t serial = 0;
  for (char c : sid.substr(26)) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0)
      return nullptr;
    serial = (serial << 4) | static_cast<std::uint32_t>(digit);
  }
  auto* c = at(serial ^ static_cast<std::uint32_t>(run_key_));
  return c && c->sid == sid ? c : nullptr;
}

// -- the life of a call ----------------------------------------------------------------------------

std::optional<instant> book::next_due() const {
  if (timers_.empty())
    return std::nullopt;
  return timers_.top().at;
}

std::optional<happening> book::advance(instant now) {
  while (!timers_.empty() && timers_.top().at <= now) {
    const auto due = timers_.top();
    timers_.pop();
    if (auto* c = at(due.serial); c && !call::ended(c->status))
      if (auto what = run(*c, due.what, due.at))
        return happening{due.serial, *what, due.at};
  }
  return std::nullopt;
}

/// Runs one step, if it is still the one that the call waits for: times that were changed leave
/// their old timers behind.
std::optional<happening::kind> book::run(call_record& c, step what, instant at) {
  using enum happening::kind;
  const bool talking = c.status == call::status::in_progress;
  switch (what) {
    case step::dial:
      plan(c);
      return initiated;
    case step::ring:
      c.status = call::status::ringing;
      c.updated_at = at;
      return ringing;
    case step::settle:
      return settle(c, at);
    case step::hang_up:
    case step::limit:
      if (!talking || (what == step::hang_up ? c.hang_up_at : c.limit_at) != at)
        return std::nullopt;
      end(c, call::status::completed, at);
      return ended;
    case step::detect:
      c.answered_by = c.fate.answered_by;
      if (c.order.detection == detection::message_end && c.answered_by == "machine_start")
        c.answered_by = "machine_end_beep";
      return detected;
    case step::alarm:
      if (!talking || c.alarm_at != at)
        return std::nullopt;
      c.alarm_at.reset();
      return alarm;
  }
  return std::nullopt;
}

/// The call leaves the queue: its times are set now.
void book::plan(call_record& c) {
  c.status = call::status::initiated;
  c.started_at = c.dial_at;
  c.updated_at = c.dial_at;
  const auto reached = c.dial_at + rules_.scaled(c.fate.setup);
  // Busy and failed calls are told before anything rings.
  if (c.fate.outcome == outcome::busy || c.fate.outcome == outcome::failed) {
    arm(reached, c, step::settle);
  } else {
    const milliseconds timeout = std::chrono::seconds(c.order.timeout_seconds);
    const bool answers = c.fate.outcome != outcome::no_answer && c.fate.ring < timeout;
    if (!answers)
      c.fate.outcome = outcome::no_answer;
    arm(reached, c, step::ring);
    arm(
      reached + rules_.scaled(answers ? c.fate.ring : timeout) + microseconds(1), c, step::settle);
  }
}

/// Ringing comes to something.
happening::kind book::settle(call_record& c, instant at) {
  switch (c.fate.outcome) {
    case outcome::busy:
      end(c, call::status::busy, at);
      return happening::kind::ended;
    case outcome::no_answer:
      end(c, call::status::no_answer, at);
      return happening::kind::ended;
    case outcome::failed:
      end(c, call::status::failed, at);
      return happening::kind::ended;
    case outcome::answered:
    case outcome::voicemail:
      break;
  }
  c.status = call::status::in_progress;
  c.answered_at = c.updated_at = at;
  c.hang_up_at = at + rules_.scaled(c.fate.talk) + microseconds(1);
  arm(*c.hang_up_at, c, step::hang_up);
  set_time_limit(c, c.order.time_limit_seconds);
  if (c.order.detection != detection::off) {
    const milliseconds longest = std::chrono::seconds(c.order.detection_timeout_seconds);
    // A machine's greeting is listened to until its end.
    if (
      c.fate.persona && c.order.detection == detection::message_end &&
      c.fate.answered_by.starts_with("machine_"))
      c.fate.detection = c.fate.persona->greeting_time() + after_greeting;
    arm(at + rules_.scaled(std::min(c.fate.detection, longest)), c, step::detect);
  }
  return happening::kind::answered;
}

void book::set_time_limit(call_record& c, std::int32_t seconds) {
  c.order.time_limit_seconds = seconds;
  if (!c.answered_at)
    return;
  c.limit_at = *c.answered_at + rules_.scaled(std::chrono::seconds(seconds));
  arm(*c.limit_at, c, step::limit);
}

void book::set_alarm(call_record& c, instant at) {
  c.alarm_at = at;
  arm(at, c, step::alarm);
}

bool book::end(call_record& c, call::status how, instant at) {
  if (call::ended(c.status))
    return false;
  c.status = how;
  c.ended_at = c.updated_at = at;
  c.sip_code = sip_code_of(how, c);
  if (c.answered_at) {
    // What the callee's clock says: the time scale shortens the wait, not the talk.
    const auto real = std::chrono::duration<double>(at - *c.answered_at).count();
    c.duration_seconds = std::max<std::int64_t>(
      1, static_cast<std::int64_t>(std::llround(real * rules_.time_scale)));
  }
  ++ended_;
  return true;
}

// -- lists -----------------------------------------------------------------------------------------

namespace {

bool within(
  const std::optional<instant>& t, const std::optional<instant>& from,
  const std::optional<instant>& before) {
  if (!from && !before)
    return true;
  // What has no such time (a call that was never dialled) is in no range of it.
  return t && (!from || *t >= *from) && (!before || *t < *before);
}

/// `initiated` exists in callbacks only.
call::status shown_status(const call_record& c) {
  return c.status == call::status::initiated ? call::status::queued : c.status;
}

bool fits(const call_record& c, const call_filter& f) {
  return (f.to.empty() || c.order.to == f.to) && (f.from.empty() || c.order.from == f.from) &&
         (!f.status || shown_status(c) == *f.status) && f.parent.empty() &&
         within(c.started_at, f.start_from, f.start_before) &&
         within(c.ended_at, f.end_from, f.end_before);
}

} // namespace

call_page book::list(const call_filter& filter, instant now) const {
  call_page page;
  page.start = filter.page * filter.page_size;
  const auto visible = now - rules_.list_lag;
  const auto below = filter.before_serial.value_or(first_ + static_cast<std::uint32_t>(calls_.size()));
  // True once the page is full and one more fits.
  auto consider = [&](const call_record& c) {
    if (c.serial >= below || c.created_at > visible || !fits(c, filter))
      return false;
    if (page.calls.size() == filter.page_size) {
      page.next_before = page.calls.back()->serial;
      return true;
    }
    page.calls.push_back(&c);
    return false;
  };
  if (!filter.to.empty()) {
    auto found = numbers_.find(filter.to);
    if (found == numbers_.end())
      return page;
    const auto& serials = found->second.serials;
    for (auto s = serials.rbegin(); s != serials.rend() && *s >= first_; ++s)
      if (consider(calls_[*s - first_]))
        break;
    return page;
  }
  for (auto c = calls_.rbegin(); c != calls_.rend(); ++c)
    if (consider(*c))
      break;
  return page;
}

} // namespace ringmaster::telco
