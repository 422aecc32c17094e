// The steps of attempts that are not plain (attempts_quick.cpp): reads what stands, decides by the
// domain's tables, writes with what was read in the condition.
#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "persistence/array.hpp"
#include "persistence/lane.hpp"

namespace ringmaster {
namespace {

constexpr db::statement read_standing{"attempts_read", R"(
  select w.ord, a.campaign_id, a.target_id, a.status, s.sid, s.status
    from unnest($1::uuid[], $2::uuid[]) with ordinality w(user_id, id, ord)
    join attempts a on a.user_id = w.user_id and a.id = w.id
    join call_sessions s on s.user_id = w.user_id and s.id = w.id)"};

constexpr db::statement read_targets{"attempts_targets", R"(
  select w.ord, t.status, t.attempt_count from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])
      with ordinality w(user_id, target_id, attempt_id, campaign_id, ord)
    join targets t on t.user_id = w.user_id and t.campaign_id = w.campaign_id and t.id = w.target_id and t.last_call = w.attempt_id)"};

// The session repeats the attempt's status; the sid is bound once, the status never falls in rank.
constexpr db::statement write_steps{"attempts_write", R"(
  with step as (
    select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[],
                         $9::text[], $10::text[], $11::smallint[])
      s(user_id, id, from_status, to_status, reason, error_code, outcome, event, sid, call_status, rank)),
  moved as (
    update attempts a
       set status = s.to_status, -- how a call began is no reason of its end
           reason = case when s.reason = '' and s.to_status <> 'ended' then a.reason else s.reason end,
           error_code = coalesce(s.error_code, a.error_code),
           outcome = case when s.outcome = 'none' then a.outcome else s.outcome end
      from step s where a.user_id = s.user_id and a.id = s.id and a.status = s.from_status
    returning 1),
  told as (
    insert into audit (user_id, actor, action, subject_kind, subject_id, from_status, to_status, reason)
    select s.user_id, 'engine', 'attempt.' || s.event, 'attempt', s.id, s.from_status, s.to_status, s.reason
      from step s),
  session as (
    update call_sessions c
       set attempt_status = s.to_status, sid = coalesce(c.sid, s.sid),
           status = case when s.rank > c.rank then s.call_status else c.status end,
           rank = greatest(c.rank, s.rank),
           started_at = case when s.rank > 0 then coalesce(c.started_at, now()) else c.started_at end,
           ended_at = case when s.rank = 4 then coalesce(c.ended_at, now()) else c.ended_at end,
           last_news_at = now()
      from step s where c.user_id = s.user_id and c.id = s.id)
  select count(*) from moved)"};

// Attempts have ended: their users' addresses are told.
constexpr db::statement post_ends{"attempts_post", R"(
  insert into webhook_deliveries (user_id, id, webhook_id, type, payload)
  select n.user_id, fresh_id(), w.id, 'call.completed',
         webhook_body('call.completed', call_fact(n.user_id, n.id, null, null))
    from unnest($1::uuid[], $2::uuid[]) n(user_id, id)
    join webhooks w on w.user_id = n.user_id and w.active and (w.topics = '{}' or 'call.completed' = any (w.topics)))"};

constexpr db::statement write_targets{"attempts_write_targets", R"(
  with step as (
    select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::bigint[], $7::text[], $8::text[],
                         $9::uuid[])
      s(user_id, target_id, attempt_id, to_status, attempt_count, due_us, outcome, reason, campaign_id)),
  moved as (
    update targets t
       set status = s.to_status, attempt_count = s.attempt_count, due_at = coalesce(at(s.due_us), t.due_at),
           call_outcome = case when s.outcome = 'none' then t.call_outcome else s.outcome end,
           reason = case when s.reason = '' then t.reason else s.reason end
      from step s where t.user_id = s.user_id and t.campaign_id = s.campaign_id and t.id = s.target_id and t.last_call = s.attempt_id
                    and t.status = 'calling'
    returning 1)
  select count(*) from moved)"};

constexpr db::statement count_targets{"attempts_count", R"(
  update campaign_progress p
     set pending = p.pending + d.pending, calling = p.calling + d.calling, completed = p.completed + d.completed,
         failed = p.failed + d.failed, skipped = p.skipped + d.skipped, attempts = p.attempts + d.attempts
    from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[])
      d(user_id, campaign_id, pending, calling, completed, failed, skipped, attempts)
   where p.user_id = d.user_id and p.campaign_id = d.campaign_id)"};

constexpr db::statement read_counts{"attempts_counts", R"(
  select w.ord, p.total, p.pending, p.calling, p.completed, p.failed, p.skipped, p.attempts
    from unnest($1::uuid[], $2::uuid[]) with ordinality w(user_id, campaign_id, ord)
    join campaign_progress p on p.user_id = w.user_id and p.campaign_id = w.campaign_id)"};

// True if an attempt in `now` has taken a step by `on` at some time, so that repeating the step
// only asks how things stand.
bool behind(attempt::status now, attempt::event on) {
  std::array<bool, 9> reached{};
  for (const auto& rule : attempt::rules)
    if (rule.on == on)
      reached[static_cast<std::size_t>(rule.to)] = true;
  for (std::size_t round = 0; round < reached.size(); ++round)
    for (const auto& rule : attempt::rules)
      if (reached[static_cast<std::size_t>(rule.from)])
        reached[static_cast<std::size_t>(rule.to)] = true;
  return reached[static_cast<std::size_t>(now)];
}

struct step {
  posed<change::advance_attempt> ask{};
  campaign_id campaign;
  target_id target;
  attempt::status from = attempt::status::intent;
  attempt_advanced told;
  bool moves = false;     ///< a step is to be written
  bool refused = false;   ///< the answer stands already
  bool own_call = true;   ///< the news are of the bound call
};

using owner = std::pair<user_id, campaign_id>;

campaign::progress& operator+=(campaign::progress& p, const std::pair<target::status, int>& change) {
  switch (change.first) {
    case target::status::pending: p.pending += change.second; break;
    case target::status::calling: p.calling += change.second; break;
    case target::status::completed: p.completed += change.second; break;
    case target::status::failed: p.failed += change.second; break;
    case target::status::skipped: p.skipped += change.second; break;
  }
  return p;
}

class attempt_batch {
 public:
  explicit attempt_batch(db::transaction& tx) : tx_(tx) {}

  void run(std::span<const posed<change::advance_attempt>> list) {
    for (const auto& item : list) {
      auto& s = steps_.emplace_back();
      s.ask = item;
      s.refused = true; // until its row is found
    }
    read();
    decide();
    write();
    move_targets();
    answer();
  }

 private:
  void read() {
    db::array users, ids;
    for (const auto& s : steps_) {
      users.add(s.ask.what->user);
      ids.add(s.ask.what->attempt);
      *s.ask.answer = fail(errc::not_found, "no attempt " + to_string(s.ask.what->attempt));
    }
    auto rows = tx_.run(read_standing, users.take(), ids.take());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      auto& s = steps_[static_cast<std::size_t>(row.take<std::int64_t>() - 1)];
      // The lane holds the progress row of the campaign that the asker named.
      if (auto campaign = row.take<campaign_id>(); campaign != s.ask.what->campaign)
        continue;
      s.campaign = s.ask.what->campaign;
      s.target = row.take<target_id>();
      s.from = attempt::parse_status(row.take<std::string_view>()).value();
      if (auto sid = row.take<std::optional<std::string>>())
        s.told.bound = call_sid{std::move(*sid)};
      if (auto state = row.take<std::optional<std::string_view>>())
        s.told.call_state = call::parse_status(*state);
      s.told.state = s.from;
      s.refused = false;
    }
  }

  void decide() {
    for (auto& s : steps_) {
      if (s.refused)
        continue;
      const auto& ask = *s.ask.what;
      auto rule = attempt::decide(s.from, ask.on);
      if (!rule) {
        if (behind(s.from, ask.on))
          continue;
        s.refused = true;
        *s.ask.answer = fail(rule.error());
        continue;
      }
      s.moves = true;
      s.told.state = rule->to;
      if (!s.told.bound)
        s.told.bound = ask.sid;
      // News of another call than the bound one say nothing about this attempt's.
      s.own_call = !ask.sid || s.told.bound == ask.sid;
      if (s.own_call && ask.call_state
          && (!s.told.call_state
              || call::judge(*s.told.call_state, *ask.call_state) == call::change::advance))
        s.told.call_state = ask.call_state;
    }
  }

  void write() {
    db::array users, ids, from, to, reasons, codes, outcomes, events, sids, statuses, ranks;
    db::array ended_users, ended_ids;
    for (const auto& s : steps_) {
      if (!s.moves)
        continue;
      const auto& ask = *s.ask.what;
      if (tells_end(s)) {
        ended_users.add(ask.user);
        ended_ids.add(ask.attempt);
      }
      users.add(ask.user);
      ids.add(ask.attempt);
      from.add(attempt::to_string(s.from));
      to.add(attempt::to_string(s.told.state));
      reasons.add(ask.reason);
      codes.add(ask.error_code);
      outcomes.add(ask.outcome == call::outcome::none ? "none" : call::to_string(ask.outcome));
      events.add(attempt::to_string(ask.on));
      if (ask.sid)
        sids.add(ask.sid->value);
      else
        sids.add_null();
      if (s.own_call && ask.call_state) {
        statuses.add(call::to_string(*ask.call_state));
        ranks.add(call::rank(*ask.call_state));
      } else {
        statuses.add_null();
        ranks.add(-1);
      }
    }
    auto expected = static_cast<std::int64_t>(users.size());
    if (expected == 0)
      return;
    auto rows = tx_.run(
      write_steps, users.take(), ids.take(), from.take(), to.take(), reasons.take(), codes.take(),
      outcomes.take(), events.take(), sids.take(), statuses.take(), ranks.take());
    if (rows[0].take<std::int64_t>() != expected)
      throw db::failure(db::trouble::busy, "an attempt changed while its step was written");
    if (ended_users.size() > 0)
      tx_.run(post_ends, ended_users.take(), ended_ids.take());
  }

  /// The end of a call, or of an attempt that counts without one; what comes again is no end.
  static bool tells_end(const step& s) {
    using enum attempt::status;
    return s.told.state == ended || s.told.state == rejected || s.told.state == unknown_final;
  }

  // The targets' steps, and the counters that follow from them. A target that has gone on without
  // this attempt (ended, or dialed again) stays as it is.
  void move_targets() {
    std::vector<step*> moving;
    db::array users, targets, attempts, campaigns;
    for (auto& s : steps_) {
      if (!s.moves || !s.ask.what->target_step)
        continue;
      users.add(s.ask.what->user);
      targets.add(s.target);
      attempts.add(s.ask.what->attempt);
      campaigns.add(s.campaign);
      moving.push_back(&s);
    }
    if (moving.empty())
      return;
    auto rows = tx_.run(
      read_targets, users.take(), targets.take(), attempts.take(), campaigns.take());
    db::array t_users, t_targets, t_campaigns, t_attempts, t_to, t_counts, t_due, t_outcomes, t_reasons;
    std::map<owner, campaign::progress> deltas;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      const auto& s = *moving[static_cast<std::size_t>(row.take<std::int64_t>() - 1)];
      const auto& ask = *s.ask.what;
      auto now = target::parse_status(row.take<std::string_view>()).value();
      auto count = row.take<std::int32_t>();
      auto rule = target::decide(now, *ask.target_step);
      if (!rule || now != target::status::calling)
        continue;
      auto& delta = deltas[{ask.user, s.campaign}];
      delta += {now, -1};
      delta += {rule->to, 1};
      if (!ask.counts && count > 0) {
        --count;
        --delta.attempts;
      }
      t_users.add(ask.user);
      t_targets.add(s.target);
      t_campaigns.add(s.campaign);
      t_attempts.add(ask.attempt);
      t_to.add(target::to_string(rule->to));
      t_counts.add(count);
      t_due.add(ask.target_due_at);
      t_outcomes.add(ask.outcome == call::outcome::none ? "none" : call::to_string(ask.outcome));
      t_reasons.add(ask.reason);
    }
    auto expected = static_cast<std::int64_t>(t_users.size());
    if (expected == 0)
      return;
    auto moved = tx_.run(
      write_targets, t_users.take(), t_targets.take(), t_attempts.take(), t_to.take(),
      t_counts.take(), t_due.take(), t_outcomes.take(), t_reasons.take(), t_campaigns.take());
    if (moved[0].take<std::int64_t>() != expected)
      throw db::failure(db::trouble::busy, "a target changed while its step was written");
    db::array o_users, o_campaigns, pending, calling, completed, failed, skipped, attempts_made;
    for (const auto& [whose, d] : deltas) {
      o_users.add(whose.first);
      o_campaigns.add(whose.second);
      pending.add(d.pending);
      calling.add(d.calling);
      completed.add(d.completed);
      failed.add(d.failed);
      skipped.add(d.skipped);
      attempts_made.add(d.attempts);
    }
    tx_.run(
      count_targets, o_users.take(), o_campaigns.take(), pending.take(), calling.take(),
      completed.take(), failed.take(), skipped.take(), attempts_made.take());
  }

  void answer() {
    std::map<owner, campaign::progress> counts;
    for (const auto& s : steps_)
      if (!s.refused)
        counts[{s.ask.what->user, s.campaign}] = {};
    if (counts.empty())
      return;
    db::array users, campaigns;
    std::vector<campaign::progress*> into;
    for (auto& [whose, progress] : counts) {
      users.add(whose.first);
      campaigns.add(whose.second);
      into.push_back(&progress);
    }
    auto rows = tx_.run(read_counts, users.take(), campaigns.take());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = rows[i];
      auto& progress = *into[static_cast<std::size_t>(row.take<std::int64_t>() - 1)];
      progress = read_progress(row);
    }
    for (auto& s : steps_) {
      if (s.refused)
        continue;
      s.told.counts = counts[{s.ask.what->user, s.campaign}];
      *s.ask.answer = store_answer(std::move(s.told));
    }
  }

  db::transaction& tx_;
  std::vector<step> steps_;
};

} // namespace

void advance_attempts(db::transaction& tx, std::span<const posed<change::advance_attempt>> list) {
  auto whose = [](const change::advance_attempt& ask) { return ask.attempt; };
  for (const auto& wave : in_waves(list, whose))
    if (auto left = advance_quickly(tx, wave); !left.empty())
      attempt_batch(tx).run(left);
}

} // namespace ringmaster
