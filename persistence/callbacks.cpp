// Callbacks: each stored once as it came, the call's session advanced by rank. Most are news of a
// bound call that nothing else in the batch speaks of: those take one lean statement that writes
// and does not read. The others are read first.
#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

#include "persistence/array.hpp"
#include "persistence/callback_key.hpp"
#include "persistence/campaign_rows.hpp"
#include "persistence/lane.hpp"

namespace ringmaster {
namespace {

// -- the quick way ------------------------------------------------------------------------------

// `news` packs the status (4 bits) and, above it, the duration and one. The columns are few on
// purpose: each costs as much as a tenth of the row's insert. The bound sid is told and compared
// afterwards. A lone poll has no body, and string_to_array makes no element of an empty text.
constexpr db::statement record_quickly{"callbacks_quick", R"(
  with event as (
    insert into webhook_inbox (user_id, attempt_id, event_key, raw)
    select e.user_id, e.attempt_id, e.event_key, coalesce(e.raw, '')
      from unnest($1::uuid[], $2::uuid[], $3::bigint[], string_to_array($4, chr(31)))
        e(user_id, attempt_id, event_key, raw)
    on conflict do nothing
    returning attempt_id, event_key),
  moved as (
    update call_sessions c
       set status = case n.news & 15 when 0 then 'queued' when 1 then 'initiated' when 2 then 'ringing'
                      when 3 then 'in-progress' when 4 then 'completed' when 5 then 'busy'
                      when 6 then 'no-answer' when 7 then 'failed' else 'canceled' end,
           rank = least(n.news & 15, 4),
           duration_seconds = case when n.news > 15 then coalesce(c.duration_seconds, ((n.news >> 4) - 1)::int)
                                   else c.duration_seconds end,
           started_at = coalesce(c.started_at, now()),
           answered_at = case n.news & 15 when 3 then coalesce(c.answered_at, now()) else c.answered_at end,
           ended_at = case when n.news & 15 >= 4 then now() end,
           last_news_at = now()
      from unnest($5::uuid[], $6::uuid[], $7::bigint[]) n(user_id, id, news)
     where c.user_id = n.user_id and c.id = n.id and c.sid is not null and c.rank < least(n.news & 15, 4)
    returning c.id, c.sid, c.attempt_status)
  select m.id, m.sid, m.attempt_status, null::bigint from moved m
  union all
  select e.attempt_id, null, null, e.event_key from event e)"};

// The statement numbers the statuses as the domain does.
static_assert(static_cast<int>(call::status::queued) == 0);
static_assert(static_cast<int>(call::status::in_progress) == 3);
static_assert(static_cast<int>(call::status::completed) == 4);
static_assert(static_cast<int>(call::status::busy) == 5);
static_assert(static_cast<int>(call::status::no_answer) == 6);
static_assert(static_cast<int>(call::status::failed) == 7);
static_assert(static_cast<int>(call::status::canceled) == 8);

// -- reading first ------------------------------------------------------------------------------

// What was known is read in the same statement: its snapshot is older than the update. A session
// takes news only from the call that is bound to it, or is bound by them; rank never falls, the
// first final status stands, attributes are merged also when they come late.
constexpr db::statement record{"callbacks_record", R"(
  with event as (
    insert into webhook_inbox (user_id, attempt_id, event_key, raw)
    select e.user_id, e.attempt_id, e.event_key, coalesce(e.raw, '')
      from unnest($1::uuid[], $2::uuid[], $3::bigint[], string_to_array($4, chr(31)))
        e(user_id, attempt_id, event_key, raw)
    on conflict do nothing
    returning attempt_id, event_key),
  news as (
    select * from unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::smallint[], $10::int[], $11::text[], $12::bool[])
      with ordinality n(user_id, id, sid, status, rank, duration, answered_by, answered, ord)),
  moved as (
    update call_sessions c
       set sid = n.sid,
           status = case when n.rank > c.rank then n.status else c.status end,
           rank = greatest(c.rank, n.rank),
           duration_seconds = coalesce(c.duration_seconds, n.duration),
           answered_by = case when c.answered_by = '' then n.answered_by else c.answered_by end,
           started_at = case when n.rank > 0 then coalesce(c.started_at, now()) else c.started_at end,
           answered_at = case when n.answered then coalesce(c.answered_at, least(c.ended_at, now())) else c.answered_at end,
           ended_at = case when n.rank = 4 then coalesce(c.ended_at, now()) else c.ended_at end,
           last_news_at = now()
      from news n
     where c.user_id = n.user_id and c.id = n.id and (c.sid is null or c.sid = n.sid)
       and (c.rank < 4 or n.rank < 4 or c.status = n.status)
       and (n.rank > c.rank or c.sid is null
            or (c.duration_seconds is null and n.duration is not null)
            or (c.answered_by = '' and n.answered_by <> '')
            or (c.answered_at is null and n.answered)))
  select n.ord, c.sid, c.status, c.attempt_status, null::uuid, null::bigint
    from news n join call_sessions c on c.user_id = n.user_id and c.id = n.id
  union all
  select null, null, null, null, e.attempt_id, e.event_key from event e)"};

// A callback for an attempt that is gone leaves nothing behind.
constexpr db::statement discard{"callbacks_discard", R"(
  delete from webhook_inbox i using unnest($1::uuid[], $2::uuid[]) w(user_id, attempt_id)
   where i.user_id = w.user_id and i.attempt_id = w.attempt_id)"};

// The schema of wanted results is long, and nobody needs it to answer.
constexpr db::statement read_opened{"callbacks_opened", R"(
  select w.ord, c.id, c.status, c.script, t.contact_name, c.timezone, c.allowed_call_start_time,
         c.allowed_call_end_time, c.allowed_days_of_week, c.call_style, c.voicemail_action, c.voicemail_message,
         c.menu_action, c.menu_keys, c.record_calls, ''
    from unnest($1::uuid[], $2::uuid[]) with ordinality w(user_id, id, ord)
    join attempts a on a.user_id = w.user_id and a.id = w.id
    join campaigns c on c.user_id = a.user_id and c.id = a.campaign_id
    join targets t on t.user_id = a.user_id and t.campaign_id = a.campaign_id and t.id = a.target_id)"};

std::int64_t key_of(const change::record_callback& cb) {
  return event_key(cb.kind, cb.news, cb.sequence, cb.sid);
}

// All that a batch says about one session.
struct summary {
  const change::record_callback* first = nullptr;
  std::size_t events = 0; ///< different ones
  std::optional<call::status> status;
  std::optional<std::int32_t> duration;
  std::string answered_by;
  bool answered = false;

  void add(const change::record_callback& cb) {
    if (!first)
      first = &cb;
    if (cb.news) {
      auto verdict = status ? call::judge(*status, *cb.news) : call::change::advance;
      if (verdict == call::change::conflict)
        return;
      if (verdict == call::change::advance)
        status = cb.news;
      answered = answered || *cb.news == call::status::in_progress;
    }
    if (!duration)
      duration = cb.duration_seconds;
    if (answered_by.empty())
      answered_by = cb.answered_by;
  }
};

// What is known of a session while the answers are made, event by event.
struct known_session {
  std::optional<call_sid> bound;
  std::optional<call::status> status;
  attempt::status attempt = attempt::status::accepted;
};

using event_id = std::pair<attempt_id, std::int64_t>;

class callback_batch {
 public:
  callback_batch(db::transaction& tx, std::span<const posed<change::record_callback>> list)
    : tx_(tx), list_(list) {}

  void run(bool read_first) {
    gather();
    quick_.assign(sessions_.size(), false);
    if (!read_first)
      write_quickly();
    read_and_write();
    answer();
  }

 private:
  void gather() {
    std::unordered_map<attempt_id, std::size_t> place;
    std::set<event_id> seen;
    for (const auto& item : list_) {
      const auto& cb = *item.what;
      auto [at, is_new] = place.try_emplace(cb.attempt, sessions_.size());
      if (is_new)
        sessions_.emplace_back();
      session_of_.push_back(at->second);
      keys_.push_back(key_of(cb));
      // The same event twice in one batch is written once.
      bool first = seen.emplace(cb.attempt, keys_.back()).second;
      firsts_.push_back(first);
      if (first) {
        ++sessions_[at->second].events;
        sessions_[at->second].add(cb);
      }
    }
    known_.resize(sessions_.size());
    written_.assign(list_.size(), false);
  }

  static bool plain(const summary& s) {
    return s.events == 1 && s.status && s.answered_by.empty() && s.duration.value_or(0) >= 0;
  }

  struct event_columns {
    db::array users, attempts, keys;
    db::joined_texts raws;
  };
  void add_event(event_columns& to, std::size_t i) {
    const auto& cb = *list_[i].what;
    to.users.add(cb.user);
    to.attempts.add(cb.attempt);
    to.keys.add(keys_[i]);
    to.raws.add(cb.raw);
    written_[i] = true;
  }

  void write_quickly() {
    event_columns events;
    db::array users, ids, news;
    std::unordered_map<attempt_id, std::size_t> sent;
    for (std::size_t i = 0; i < list_.size(); ++i) {
      const auto& s = sessions_[session_of_[i]];
      if (!firsts_[i] || !plain(s))
        continue;
      add_event(events, i);
      users.add(s.first->user);
      ids.add(s.first->attempt);
      news.add(
        static_cast<std::int64_t>(*s.status)
        + (s.duration ? (std::int64_t{*s.duration} + 1) * 16 : 0));
      sent.emplace(s.first->attempt, session_of_[i]);
    }
    if (sent.empty())
      return;
    auto rows = tx_.run(
      record_quickly, events.users.take(), events.attempts.take(), events.keys.take(),
      events.raws.take(), users.take(), ids.take(), news.take());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      auto id = row.take<attempt_id>();
      if (row.next_is_null()) {
        row.skip();
        row.skip();
        fresh_.emplace(id, row.take<std::int64_t>());
        continue;
      }
      auto at = sent.at(id);
      const auto& s = sessions_[at];
      if (row.take<std::string_view>() != s.first->sid.value)
        throw foreign_call{};
      quick_[at] = true;
      auto& k = known_[at].emplace();
      k.bound = s.first->sid;
      k.attempt = attempt::parse_status(row.take<std::string_view>()).value();
    }
  }

  void read_and_write() {
    event_columns events;
    db::array users, ids, sids, statuses, ranks, durations, answerers, answered;
    std::vector<std::size_t> sent;
    for (std::size_t i = 0; i < list_.size(); ++i)
      if (firsts_[i] && !written_[i])
        add_event(events, i);
    for (std::size_t at = 0; at < sessions_.size(); ++at) {
      if (quick_[at])
        continue;
      const auto& s = sessions_[at];
      users.add(s.first->user);
      ids.add(s.first->attempt);
      sids.add(s.first->sid.value);
      if (s.status)
        statuses.add(call::to_string(*s.status));
      else
        statuses.add_null();
      ranks.add(s.status ? call::rank(*s.status) : -1);
      durations.add(s.duration);
      answerers.add(s.answered_by);
      answered.add(s.answered);
      sent.push_back(at);
    }
    if (sent.empty())
      return;
    // An empty text would be an array of one empty text; null is none at all.
    auto raws = events.users.size() > 0 ? db::parameter(events.raws.take()) : db::parameter();
    auto rows = tx_.run(
      record, events.users.take(), events.attempts.take(), events.keys.take(), raws, users.take(),
      ids.take(), sids.take(), statuses.take(), ranks.take(), durations.take(), answerers.take(),
      answered.take());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      if (row.next_is_null()) {
        for (int column = 0; column < 4; ++column)
          row.skip();
        auto attempt = row.take<attempt_id>();
        fresh_.emplace(attempt, row.take<std::int64_t>());
        continue;
      }
      auto& k = known_[sent[static_cast<std::size_t>(row.take<std::int64_t>() - 1)]].emplace();
      if (auto sid = row.take<std::optional<std::string>>())
        k.bound = call_sid{std::move(*sid)};
      if (auto status = row.take<std::optional<std::string_view>>())
        k.status = call::parse_status(*status);
      k.attempt = attempt::parse_status(row.take<std::string_view>()).value();
    }
  }

  void answer() {
    db::array lost_users, lost_attempts;
    for (std::size_t i = 0; i < list_.size(); ++i) {
      const auto& cb = *list_[i].what;
      auto& k = known_[session_of_[i]];
      if (!k) {
        *list_[i].answer = fail(errc::not_found, "no attempt " + to_string(cb.attempt));
        lost_users.add(cb.user);
        lost_attempts.add(cb.attempt);
        continue;
      }
      callback_recorded told;
      told.fresh = fresh_.erase({cb.attempt, keys_[i]}) > 0;
      if (!k->bound)
        k->bound = cb.sid;
      if (*k->bound == cb.sid && cb.news) {
        told.verdict = k->status ? call::judge(*k->status, *cb.news) : call::change::advance;
        if (told.verdict == call::change::advance)
          k->status = cb.news;
      }
      told.state = k->status.value_or(call::status::queued);
      told.bound = k->bound;
      told.attempt = k->attempt;
      *list_[i].answer = store_answer(std::move(told));
    }
    if (lost_users.size() > 0)
      tx_.run(discard, lost_users.take(), lost_attempts.take());
  }

  db::transaction& tx_;
  std::span<const posed<change::record_callback>> list_;
  std::vector<summary> sessions_;
  std::vector<std::size_t> session_of_; ///< by event
  std::vector<std::int64_t> keys_;      ///< by event
  std::vector<bool> firsts_;            ///< by event: not a repetition within the batch
  std::vector<bool> written_;           ///< by event: given to a statement
  std::vector<bool> quick_;             ///< by session: the quick way took it
  std::vector<std::optional<known_session>> known_;
  std::set<event_id> fresh_;
};

} // namespace

void record_callbacks(
  db::transaction& tx, const lane_parts& parts,
  std::span<const posed<change::record_callback>> list) {
  // A statement takes one call for each attempt: where two calls claim to be the same attempt's,
  // the second is looked at when the first is bound. So for an attempt in the name of two users.
  auto same = [](const change::record_callback& a, const change::record_callback& b) {
    return a.sid == b.sid && a.user == b.user;
  };
  std::vector<posed<change::record_callback>> now(list.begin(), list.end());
  while (!now.empty()) {
    std::unordered_map<attempt_id, const change::record_callback*> first;
    std::vector<posed<change::record_callback>> wave, later;
    for (const auto& item : now) {
      auto at = first.try_emplace(item.what->attempt, item.what).first;
      (same(*at->second, *item.what) ? wave : later).push_back(item);
    }
    callback_batch(tx, wave).run(parts.read_first);
    now = std::move(later);
  }
}

void open_calls(
  db::transaction& tx, const lane_parts& parts, std::span<const posed<change::open_call>> list) {
  std::vector<result<store_answer>> recorded(list.size(), fail(errc::internal, "not recorded"));
  std::vector<posed<change::record_callback>> callbacks;
  db::array users, attempts;
  for (std::size_t i = 0; i < list.size(); ++i) {
    callbacks.push_back({&list[i].what->callback, &recorded[i]});
    users.add(list[i].what->callback.user);
    attempts.add(list[i].what->callback.attempt);
  }
  record_callbacks(tx, parts, callbacks);
  auto rows = tx.run(read_opened, users.take(), attempts.take());
  for (std::size_t i = 0; i < list.size(); ++i)
    *list[i].answer = fail(errc::not_found, "no such call");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    auto at = static_cast<std::size_t>(row.take<std::int64_t>() - 1);
    if (!recorded[at]) {
      *list[at].answer = fail(recorded[at].error());
      continue;
    }
    call_opened opened;
    opened.recorded = std::get<callback_recorded>(*recorded[at]);
    opened.campaign = row.take<campaign_id>();
    opened.owner = campaign::parse_status(row.take<std::string_view>()).value();
    opened.script = row.take<std::string>();
    opened.contact_name = row.take<std::string>();
    opened.timezone = row.take<std::string>();
    opened.start = row.take<std::string>();
    opened.end = row.take<std::string>();
    opened.days = row.take<std::vector<std::string>>();
    opened.how = read_talk(row);
    *list[at].answer = store_answer(std::move(opened));
  }
}

} // namespace ringmaster
