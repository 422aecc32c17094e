// The two steps that nearly every attempt takes, `accept` and `settle`, each of a batch in one
// statement that writes and does not read. The status that it expects stands in its condition: an
// attempt of which something else was known already is left for the way that reads first.
#include <map>
#include <optional>
#include <utility>

#include "persistence/array.hpp"
#include "persistence/lane.hpp"

namespace ringmaster {
namespace {

// The session repeats the attempt's status, so it is the session that decides whether the step is
// taken; a call is bound only where none is, or the same one.
constexpr db::statement accept_quickly{"attempts_accept", R"(
  with session as (
    update call_sessions c
       set attempt_status = 'accepted', sid = s.sid,
           status = case when s.rank > c.rank then s.call_status else c.status end,
           rank = greatest(c.rank, s.rank),
           started_at = case when s.rank > 0 then coalesce(c.started_at, now()) else c.started_at end,
           ended_at = case when s.rank = 4 then coalesce(c.ended_at, now()) else c.ended_at end,
           last_news_at = now()
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::smallint[], $6::text[]) with ordinality
             s(user_id, id, sid, call_status, rank, reason, ord)
     where c.user_id = s.user_id and c.id = s.id and c.attempt_status = 'intent' and (c.sid is null or c.sid = s.sid)
    returning c.user_id, c.id, c.status, s.reason, s.ord),
  moved as (
    update attempts a set status = 'accepted', reason = case when n.reason = '' then a.reason else n.reason end
      from session n
     where a.user_id = n.user_id and a.id = n.id and a.status = 'intent'
    returning 1),
  told as (
    insert into audit (user_id, actor, action, subject_kind, subject_id, from_status, to_status, reason)
    select n.user_id, 'engine', 'attempt.accept', 'attempt', n.id, 'intent', 'accepted', n.reason from session n)
  select n.ord, n.status, (select count(*) from moved) from session n)"};

// The end of a call: its session, attempt, target and campaign. A target that has gone on without
// this attempt stays as it is, and then changes no counter.
constexpr db::statement settle_quickly{"attempts_settle", R"(
  with session as (
    update call_sessions c
       set attempt_status = 'ended',
           status = case when s.rank > c.rank then s.call_status else c.status end,
           rank = greatest(c.rank, s.rank),
           started_at = case when s.rank > 0 then coalesce(c.started_at, now()) else c.started_at end,
           ended_at = case when s.rank = 4 then coalesce(c.ended_at, now()) else c.ended_at end,
           last_news_at = now()
      from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::smallint[], $7::text[], $8::text[],
                  $9::text[], $10::bigint[]) with ordinality
             s(user_id, id, campaign_id, target_id, call_status, rank, outcome, reason, target_status, due_us, ord)
     where c.user_id = s.user_id and c.id = s.id and c.attempt_status = 'accepted'
    returning s.*, c.sid, c.status),
  ended as (
    update attempts a
       set status = 'ended', reason = n.reason, -- how a call began is no reason of its end
           outcome = case when n.outcome = 'none' then a.outcome else n.outcome end
      from session n
     where a.user_id = n.user_id and a.id = n.id and a.status = 'accepted'
       and a.campaign_id = n.campaign_id and a.target_id = n.target_id
    returning 1),
  told as (
    insert into audit (user_id, actor, action, subject_kind, subject_id, from_status, to_status, reason)
    select n.user_id, 'engine', 'attempt.settle', 'attempt', n.id, 'accepted', 'ended', n.reason from session n),
  moved as (
    update targets t
       set status = n.target_status, due_at = coalesce(at(n.due_us), t.due_at),
           call_outcome = case when n.outcome = 'none' then t.call_outcome else n.outcome end,
           reason = case when n.reason = '' then t.reason else n.reason end
      from session n
     where t.user_id = n.user_id and t.campaign_id = n.campaign_id and t.id = n.target_id and t.last_call = n.id
       and t.status = 'calling'
    returning t.user_id, t.campaign_id, t.status),
  posted as (
    insert into webhook_deliveries (user_id, id, webhook_id, type, payload)
    select n.user_id, fresh_id(), w.id, 'call.completed',
           webhook_body('call.completed', call_fact(n.user_id, n.id, n.status, n.outcome))
      from session n
      join webhooks w on w.user_id = n.user_id and w.active and (w.topics = '{}' or 'call.completed' = any (w.topics))),
  counted as (
    update campaign_progress p
       set calling = p.calling - d.moved, pending = p.pending + d.pending, completed = p.completed + d.completed,
           failed = p.failed + d.failed, skipped = p.skipped + d.skipped
      from (select m.user_id, m.campaign_id, count(*) as moved,
                   count(*) filter (where m.status = 'pending') as pending,
                   count(*) filter (where m.status = 'completed') as completed,
                   count(*) filter (where m.status = 'failed') as failed,
                   count(*) filter (where m.status = 'skipped') as skipped
              from moved m group by m.user_id, m.campaign_id) d
     where p.user_id = d.user_id and p.campaign_id = d.campaign_id
    returning p.user_id, p.campaign_id, p.total, p.pending, p.calling, p.completed, p.failed, p.skipped, p.attempts)
  select n.ord, n.sid, n.status, (select count(*) from ended), null::uuid, null::uuid, null::bigint, null::bigint,
         null::bigint, null::bigint, null::bigint, null::bigint, null::bigint
    from session n
  union all
  select null, null, null, null, k.* from counted k)"};

constexpr db::statement read_counts{"attempts_settle_counts", R"(
  select p.total, p.pending, p.calling, p.completed, p.failed, p.skipped, p.attempts
    from campaign_progress p where p.user_id = $1 and p.campaign_id = $2)"};

using item = posed<change::advance_attempt>;

bool plain_accept(const change::advance_attempt& ask) {
  return ask.on == attempt::event::accept && ask.sid && !ask.target_step && !ask.error_code
         && ask.outcome == call::outcome::none;
}

/// The target's new status, if the step is a settlement like most.
std::optional<target::status> plain_settle(const change::advance_attempt& ask) {
  if (ask.on != attempt::event::settle || ask.sid || ask.error_code || !ask.target_step || !ask.counts)
    return std::nullopt;
  auto rule = target::decide(target::status::calling, *ask.target_step);
  if (!rule)
    return std::nullopt;
  return rule->to;
}

void add_news(db::array& statuses, db::array& ranks, const std::optional<call::status>& news) {
  if (news)
    statuses.add(call::to_string(*news));
  else
    statuses.add_null();
  ranks.add(news ? call::rank(*news) : -1);
}

std::optional<call::status> take_status(db::row& row) {
  auto text = row.take<std::optional<std::string_view>>();
  return text ? call::parse_status(*text) : std::nullopt;
}

// A session that says otherwise than its attempt: nothing is known, all is rolled back.
void compare(std::size_t sessions, std::int64_t attempts) {
  if (static_cast<std::int64_t>(sessions) != attempts)
    throw db::failure(db::trouble::busy, "an attempt and its session disagree");
}

/// Accepts what stands as expected; the places of the others go into `left`.
void accept_all(db::transaction& tx, std::span<const item> list, std::vector<item>& left) {
  db::array users, ids, sids, statuses, ranks, reasons;
  for (const auto& i : list) {
    users.add(i.what->user);
    ids.add(i.what->attempt);
    sids.add(i.what->sid->value);
    add_news(statuses, ranks, i.what->call_state);
    reasons.add(i.what->reason);
  }
  auto rows = tx.run(
    accept_quickly, users.take(), ids.take(), sids.take(), statuses.take(), ranks.take(),
    reasons.take());
  std::vector<bool> taken(list.size(), false);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    auto row = rows[k];
    auto at = static_cast<std::size_t>(row.take<std::int64_t>() - 1);
    attempt_advanced told;
    told.state = attempt::status::accepted;
    told.bound = list[at].what->sid;
    told.call_state = take_status(row);
    compare(rows.size(), row.take<std::int64_t>());
    *list[at].answer = store_answer(std::move(told));
    taken[at] = true;
  }
  for (std::size_t at = 0; at < list.size(); ++at)
    if (!taken[at])
      left.push_back(list[at]);
}

void settle_all(db::transaction& tx, std::span<const item> list, std::vector<item>& left) {
  db::array users, ids, campaigns, targets, statuses, ranks, outcomes, reasons, to, due;
  for (const auto& i : list) {
    const auto& ask = *i.what;
    users.add(ask.user);
    ids.add(ask.attempt);
    campaigns.add(ask.campaign);
    targets.add(ask.target);
    add_news(statuses, ranks, ask.call_state);
    outcomes.add(ask.outcome == call::outcome::none ? "none" : call::to_string(ask.outcome));
    reasons.add(ask.reason);
    to.add(target::to_string(*plain_settle(ask)));
    due.add(ask.target_due_at);
  }
  auto rows = tx.run(
    settle_quickly, users.take(), ids.take(), campaigns.take(), targets.take(), statuses.take(),
    ranks.take(), outcomes.take(), reasons.take(), to.take(), due.take());
  std::map<std::pair<user_id, campaign_id>, campaign::progress> counts;
  std::vector<std::optional<attempt_advanced>> told(list.size());
  std::size_t sessions = 0;
  std::int64_t attempts = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    auto row = rows[k];
    if (row.next_is_null()) {
      for (int column = 0; column < 4; ++column)
        row.skip();
      auto user = row.take<user_id>();
      auto campaign = row.take<campaign_id>();
      counts[{user, campaign}] = read_progress(row);
      continue;
    }
    auto& now = told[static_cast<std::size_t>(row.take<std::int64_t>() - 1)].emplace();
    now.state = attempt::status::ended;
    if (auto sid = row.take<std::optional<std::string>>())
      now.bound = call_sid{std::move(*sid)};
    now.call_state = take_status(row);
    attempts = row.take<std::int64_t>();
    ++sessions;
  }
  compare(sessions, attempts);
  for (std::size_t at = 0; at < list.size(); ++at) {
    if (!told[at]) {
      left.push_back(list[at]);
      continue;
    }
    const auto& ask = *list[at].what;
    auto [known, is_new] = counts.try_emplace({ask.user, ask.campaign});
    if (is_new) {
      auto found = tx.run(read_counts, ask.user, ask.campaign);
      if (!found.empty()) {
        auto row = found[0];
        known->second = read_progress(row);
      }
    }
    told[at]->counts = known->second;
    *list[at].answer = store_answer(std::move(*told[at]));
  }
}

} // namespace

std::vector<posed<change::advance_attempt>> advance_quickly(
  db::transaction& tx, std::span<const posed<change::advance_attempt>> list) {
  std::vector<item> accepts, settles, left;
  for (const auto& i : list) {
    if (plain_accept(*i.what))
      accepts.push_back(i);
    else if (plain_settle(*i.what))
      settles.push_back(i);
    else
      left.push_back(i);
  }
  if (!accepts.empty())
    accept_all(tx, accepts, left);
  if (!settles.empty())
    settle_all(tx, settles, left);
  return left;
}

} // namespace ringmaster
