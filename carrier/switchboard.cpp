#include "carrier/switchboard.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "carrier/chance.hpp"

namespace ringmaster::telco {

namespace {

/// A token in the shape of a UUID, one per event.
std::string idempotency_token(const call_record& c, std::uint64_t ordinal) {
  const auto a = mix(c.fate.seed ^ mix(c.serial));
  const auto b = mix(a + ordinal);
  char text[40];
  std::snprintf(
    text, sizeof text, "%08x-%04x-4%03x-a%03x-%012llx", static_cast<unsigned>(a >> 32),
    static_cast<unsigned>((a >> 16) & 0xffff), static_cast<unsigned>(a & 0xfff),
    static_cast<unsigned>((b >> 48) & 0xfff),
    static_cast<unsigned long long>(b & 0xffffffffffffULL));
  return text;
}

/// A held callback is let go after this, if nothing passes it.
constexpr milliseconds held_for{2000};
/// From the end of a call to its recording.
constexpr milliseconds recording_ready{2000};
/// Where events have numbers of their own, other errands count from here.
constexpr std::uint64_t first_fetch_ordinal = 1u << 20;

} // namespace

// -- requests --------------------------------------------------------------------------------------

answer<call_record*>
switchboard::create(call_order order, std::uint32_t request_ordinal, instant now) {
  return book_.create(std::move(order), request_ordinal, now);
}

answer<call_record*>
switchboard::change(std::string_view sid, const call_change& wanted, instant now) {
  advance(now);
  auto* c = book_.find(sid);
  if (!c)
    return refuse(404, 20404, "The requested resource was not found");
  if (wanted.status) {
    if (auto ok = stop(*c, *wanted.status, now); !ok)
      return tl::unexpected<refusal>(std::move(ok).error());
    return c;
  }
  const bool new_document = wanted.url || wanted.twiml;
  if (new_document && c->status != call::status::in_progress)
    return refuse(400, 21220, "Call is not in-progress. Cannot redirect.");
  if (call::ended(c->status))
    return refuse(400, 21220, "Call is not in-progress.");
  if (wanted.status_url)
    c->order.status.url = *wanted.status_url;
  if (wanted.status_post)
    c->order.status.post = *wanted.status_post;
  if (wanted.fallback_url)
    c->order.fallback.url = *wanted.fallback_url;
  if (wanted.fallback_post)
    c->order.fallback.post = *wanted.fallback_post;
  if (wanted.time_limit_seconds)
    book_.set_time_limit(*c, *wanted.time_limit_seconds);
  if (new_document && rules_.callbacks != callback_order::off) {
    auto [entry, fresh] = playing_.try_emplace(c->serial, playing{player(rules_, *c)});
    auto& p = entry->second.player;
    grant(
      *c, p, wanted.url ? p.replace(hook{*wanted.url, wanted.post}, now) : p.replace(*wanted.twiml, now),
      now);
  }
  c->updated_at = now;
  advance(now);
  return c;
}

answer<void> switchboard::stop(call_record& c, call::status wanted, instant now) {
  if (call::ended(c.status))
    return refuse(400, 21220, "Call is not in-progress. Cannot redirect.");
  const bool talking = c.status == call::status::in_progress;
  if (wanted == call::status::canceled && talking)
    return {}; // comes too late and has no effect
  const bool queued = c.status == call::status::queued;
  book_.end(c, talking ? call::status::completed : call::status::canceled, now);
  if (queued) {
    // Nobody was dialled: no callback tells of this end.
    log_.life(c, now, now);
    return {};
  }
  ended(c, now, now);
  return {};
}

// -- what happens by itself ------------------------------------------------------------------------

std::optional<instant> switchboard::next_due() const {
  auto a = book_.next_due();
  auto b = outbox_.next_due();
  if (!a || !b)
    return a ? a : b;
  return std::min(*a, *b);
}

void switchboard::advance(instant now) {
  while (auto h = book_.advance(now))
    happen(*h, now);
}

void switchboard::happen(const happening& h, instant now) {
  using kind = happening::kind;
  auto* c = book_.at(h.serial);
  if (!c)
    return;
  switch (h.what) {
    case kind::initiated:
      return fire(*c, call::status::initiated, h.at, now);
    case kind::ringing:
      return fire(*c, call::status::ringing, h.at, now);
    case kind::answered:
      fire(*c, call::status::in_progress, h.at, now);
      // Detection that is not asynchronous keeps the document waiting for its verdict.
      if (c->order.detection == detection::off || c->order.detection_async)
        begin_playing(*c, now);
      return;
    case kind::detected:
      return detected(*c, now);
    case kind::alarm:
      if (auto found = playing_.find(c->serial); found != playing_.end()) {
        auto& p = found->second.player;
        grant(*c, p, p.go_on(std::max(h.at, now)), now);
      }
      return;
    case kind::ended:
      return ended(*c, h.at, now);
  }
}

void switchboard::ended(call_record& c, instant at, instant now) {
  if (auto found = playing_.find(c.serial); found != playing_.end()) {
    auto& p = found->second.player;
    if (auto farewell = p.over(at))
      outbox_.post_free(document_errand(c, c.status, *std::move(farewell)), now);
    collect(c, p, now);
    if (const auto& r = p.recorded(); r && !r->callback.url.empty()) {
      errand e;
      e.what = errand::kind::recording;
      e.serial = c.serial;
      e.sid = c.sid;
      e.to = split(r->callback.url);
      e.post = r->callback.post;
      const auto real = std::chrono::duration<double>(at - r->began).count();
      e.params = recording_fields(
        c, r->began, std::max<std::int64_t>(0, std::llround(real * rules_.time_scale)),
        rules_.account_sid);
      e.idempotency_token = idempotency_token(c, first_fetch_ordinal - 2);
      e.status = "completed";
      outbox_.post_free(std::move(e), now + rules_.scaled(recording_ready));
    }
    playing_.erase(found);
  }
  fire(c, c.status, at, now);
}

void switchboard::fire(call_record& c, call::status status, instant at, instant now) {
  log_.life(c, at, now);
  if (
    rules_.callbacks == callback_order::off || c.order.status.url.empty() ||
    !(c.order.events & event_of(status)))
    return;
  const auto sequence = c.events_fired++;
  errand e;
  e.what = errand::kind::status;
  e.serial = c.serial;
  e.sid = c.sid;
  e.to = split(c.order.status.url);
  e.post = c.order.status.post;
  e.params = status_fields(c, status, sequence, at, rules_.account_sid);
  e.idempotency_token = idempotency_token(c, sequence);
  e.status = to_string(status);
  e.sequence = sequence;
  const auto fate = decide_callback(rules_, c.fate, sequence);
  if (fate.lost)
    return log_.callback_lost(e, now);
  if (fate.duplicate) {
    auto second = e;
    second.duplicate = true;
    outbox_.post_free(std::move(second), now + rules_.scaled(fate.delay));
  }
  if (rules_.callbacks == callback_order::shuffled)
    outbox_.post_free(std::move(e), now + rules_.scaled(fate.delay));
  else if (fate.reorder)
    outbox_.post_held(std::move(e), now + rules_.scaled(held_for));
  else
    outbox_.post_chained(std::move(e));
}

// -- documents -------------------------------------------------------------------------------------

void switchboard::begin_playing(call_record& c, instant now) {
  if (rules_.callbacks == callback_order::off)
    return; // the call lasts as long as the callee likes
  auto [entry, fresh] = playing_.try_emplace(c.serial, playing{player(rules_, c)});
  // A redirect may have come before the verdict of detection: then that document plays.
  if (fresh)
    grant(c, entry->second.player, entry->second.player.begin(now), now);
}

void switchboard::detected(call_record& c, instant now) {
  if (!c.order.detection_async)
    return begin_playing(c, now);
  if (c.order.amd_result.url.empty() || rules_.callbacks == callback_order::off)
    return;
  errand e;
  e.what = errand::kind::amd;
  e.serial = c.serial;
  e.sid = c.sid;
  e.to = split(c.order.amd_result.url);
  e.post = c.order.amd_result.post;
  e.params = {
    {"CallSid", c.sid},
    {"AccountSid", rules_.account_sid},
    {"AnsweredBy", c.answered_by},
    {"MachineDetectionDuration", std::to_string(c.fate.detection.count())}};
  e.idempotency_token = idempotency_token(c, first_fetch_ordinal - 1);
  e.status = c.answered_by;
  outbox_.post_free(std::move(e), now);
}

/// What a player has to tell besides its wish.
void switchboard::collect(const call_record& c, player& p, instant now) {
  for (const auto& n : p.take_notices())
    log_.noticed(c.sid, n, now);
  for (const auto& line : p.take_lines())
    log_.spoke(c.sid, line, now);
  for (auto& order : p.take_socket_orders())
    sockets_.push_back({c.serial, std::move(order)});
}

errand switchboard::document_errand(const call_record& c, call::status status, player_wish wish) {
  errand e;
  e.what = errand::kind::document;
  e.serial = c.serial;
  e.sid = c.sid;
  e.to = split(wish.from.url);
  e.post = wish.from.post;
  e.params = call_fields(c, to_string(status), rules_.account_sid);
  for (auto& pair : wish.extra)
    e.params.push_back(std::move(pair));
  e.idempotency_token = idempotency_token(c, first_fetch_ordinal + ++last_token_);
  e.status = to_string(status);
  e.sequence = static_cast<std::uint32_t>(last_token_);
  return e;
}

/// Does what a player wants. `p` may be gone afterwards.
void switchboard::grant(call_record& c, player& p, player_wish wish, instant now) {
  collect(c, p, now);
  using kind = player_wish::kind;
  if (wish.what == kind::hang_up) {
    if (book_.end(c, call::status::completed, now))
      ended(c, now, now);
    return;
  }
  if (wish.until == instant::max())
    c.alarm_at.reset();
  else if (c.alarm_at != wish.until)
    book_.set_alarm(c, wish.until);
  auto& state = playing_.at(c.serial);
  if (wish.what == kind::wait) {
    if (!wish.fetching)
      state.fetch = 0;
    return;
  }
  auto e = document_errand(c, call::status::in_progress, std::move(wish));
  state.fetch = last_token_;
  outbox_.post_free(std::move(e), now);
}

template <class Do>
void switchboard::with_player(std::uint32_t serial, instant now, Do what) {
  advance(now);
  auto found = playing_.find(serial);
  auto* c = book_.at(serial);
  if (c && found != playing_.end())
    grant(*c, found->second.player, what(found->second.player), now);
}

void switchboard::socket_opened(std::uint32_t serial, std::uint32_t session, instant now) {
  with_player(serial, now, [&](player& p) { return p.socket_opened(session, now); });
}

void switchboard::socket_message(
  std::uint32_t serial, std::uint32_t session, std::string_view message, instant now) {
  with_player(serial, now, [&](player& p) { return p.socket_message(session, message, now); });
}

void switchboard::socket_closed(std::uint32_t serial, std::uint32_t session, instant now) {
  with_player(serial, now, [&](player& p) { return p.socket_closed(session, now); });
}

void switchboard::finished(const errand& e, const errand_answer& got, instant now) {
  outbox_.done(e.id);
  advance(now);
  if (e.what != errand::kind::document)
    return;
  auto found = playing_.find(e.serial);
  auto* c = book_.at(e.serial);
  // A call that ended or was redirected meanwhile does not wait for this answer any more.
  if (!c || found == playing_.end() || found->second.fetch != e.sequence)
    return;
  auto& p = found->second.player;
  grant(*c, p, p.fetched(got, now), now);
}

} // namespace ringmaster::telco
