#include "tests/actors/support/memory_store.hpp"

#include <algorithm>
#include <stdexcept>

namespace ringmaster::testing {

namespace {

tl::unexpected<error> unavailable() { return fail(errc::unavailable, "the database is away"); }

} // namespace

campaign_id memory_database::add_campaign(user_id user, campaign_brief brief) {
  brief.user = user;
  brief.id = campaign_id{make_uuid7(now(), random_)};
  campaigns[brief.id].brief = brief;
  return brief.id;
}

target_id memory_database::add_target(
  const campaign_id& campaign, std::string number, std::int32_t max_attempts) {
  target_row t;
  t.id = target_id{make_uuid7(now(), random_)};
  t.campaign = campaign;
  t.number = phone_number::from_canonical(std::move(number));
  t.max_attempts = max_attempts;
  targets[t.id] = t;
  ++tally_[campaign].total;
  ++tally_[campaign].pending;
  open_[campaign].insert(t.id);
  return t.id;
}

std::int64_t& memory_database::place(campaign::progress& p, target::status s) {
  switch (s) {
    case target::status::pending: return p.pending;
    case target::status::calling: return p.calling;
    case target::status::completed: return p.completed;
    case target::status::failed: return p.failed;
    case target::status::skipped: return p.skipped;
  }
  return p.total;
}

void memory_database::move(target_row& t, target::status to) {
  auto& p = tally_[t.campaign];
  --place(p, t.state);
  ++place(p, to);
  t.state = to;
  if (target::ended(to))
    open_[t.campaign].erase(t.id);
}

campaign::progress memory_database::count(const campaign_id& id) const {
  auto found = tally_.find(id);
  return found == tally_.end() ? campaign::progress{} : found->second;
}

campaign::progress memory_database::recount(const campaign_id& id) const {
  campaign::progress p;
  for (const auto& [key, t] : targets) {
    if (t.campaign != id)
      continue;
    ++p.total;
    p.attempts += t.attempt_count;
    ++place(p, t.state);
  }
  return p;
}

std::vector<memory_database::attempt_row> memory_database::attempts_of(const campaign_id& id) const {
  std::vector<attempt_row> out;
  for (const auto& [key, a] : attempts)
    if (a.what.campaign == id)
      out.push_back(a);
  return out;
}

std::size_t memory_database::ended_targets(const campaign_id& id) const {
  auto p = count(id);
  return static_cast<std::size_t>(p.completed + p.failed + p.skipped);
}

// -- the transactions -----------------------------------------------------------------------------

result<permits> memory_database::ask(const change::ask_permits& what) {
  ++asks;
  auto found = campaigns.find(what.campaign);
  if (found == campaigns.end() || found->second.brief.user != what.user)
    return fail(errc::not_found, "no such campaign");
  auto& c = found->second;
  auto at = now();
  if (!c.permits.empty())
    at = std::max(at, c.permits.back());
  permits out;
  out.decided_at = at;
  auto window = calling_window::parse(c.brief.timezone, c.brief.start, c.brief.end, c.brief.days);
  auto wanted = std::min<std::uint32_t>(what.wanted, 64);
  auto back = [&](const std::optional<std::uint32_t>& limit) {
    std::vector<std::optional<instant>> list;
    if (limit)
      for (std::uint32_t k = 0; k < std::min(wanted, *limit); ++k) {
        auto index = static_cast<std::int64_t>(c.permits.size()) + k - *limit;
        list.push_back(index >= 0 && index < static_cast<std::int64_t>(c.permits.size())
                         ? std::optional(c.permits[static_cast<std::size_t>(index)])
                         : std::nullopt);
      }
    return list;
  };
  auto minute = back(c.brief.limits.per_minute);
  auto hour = back(c.brief.limits.per_hour);
  permit::facts facts;
  facts.status = c.brief.state;
  facts.window = window && !c.broken ? &*window : nullptr;
  facts.stopped = what.stopped;
  facts.limits = c.brief.limits;
  facts.minute_back = minute;
  facts.hour_back = hour;
  std::erase_if(live_[what.campaign], [&](const attempt_id& a) { return !attempt::live(attempts.at(a).state); });
  facts.live_calls = static_cast<std::int64_t>(live_[what.campaign].size());
  std::set<phone_number> busy;
  for (const auto& a : live_[what.campaign])
    busy.insert(attempts.at(a).what.to);
  facts.live_calls_max = c.brief.max_concurrent_calls;
  auto verdict = permit::decide(facts, wanted, at);
  out.why = verdict.why;
  out.next_at = verdict.next_at;
  std::optional<instant> next_due;
  auto& open = open_[what.campaign];
  for (auto next = open.begin(); next != open.end();) {
    if (out.intents.size() >= verdict.granted)
      break;
    auto& t = targets.at(*next++); // before it may be taken out
    if (t.state != target::status::pending)
      continue;
    auto later = [&](instant due) { next_due = next_due ? std::min(*next_due, due) : due; };
    if (t.due_at && *t.due_at > at) {
      later(*t.due_at);
      continue;
    }
    permit::target_facts tf;
    tf.kind = number_class::geographic;
    tf.country = "US";
    tf.attempt_count = t.attempt_count;
    tf.max_attempts = t.max_attempts;
    tf.last_call_to_number = t.last_call_at;
    tf.number_busy = busy.contains(t.number);
    std::vector<std::string> countries{"US"};
    permit::callee_rules rules;
    rules.min_gap = min_gap;
    rules.countries = countries;
    auto verdict_of = permit::decide_target(tf, rules, at);
    using kind = permit::target_verdict::kind;
    if (verdict_of.what == kind::wait) {
      t.due_at = verdict_of.due_at;
      later(*t.due_at);
      continue;
    }
    if (verdict_of.what != kind::dial) {
      move(t, verdict_of.what == kind::skip ? target::status::skipped : target::status::failed);
      continue;
    }
    intent one;
    one.user = what.user;
    one.campaign = what.campaign;
    one.target = t.id;
    one.attempt = make_attempt_id(at, random_, what.campaign.value);
    one.to = t.number;
    one.from = phone_number::from_canonical("+15005550006");
    one.attempt_number = ++t.attempt_count;
    ++tally_[t.campaign].attempts;
    one.max_attempts = t.max_attempts;
    one.permit_at = at;
    move(t, target::status::calling);
    t.last_attempt = one.attempt;
    t.last_call_at = at;
    c.permits.push_back(at);
    attempts[one.attempt].what = one;
    live_[what.campaign].insert(one.attempt);
    log.push_back("permit");
    out.intents.push_back(std::move(one));
  }
  if (out.intents.size() < verdict.granted) {
    out.why = permit::refusal::no_target_due;
    out.next_at = next_due;
  }
  c.brief.last_permit_at = c.permits.empty() ? std::nullopt : std::optional(c.permits.back());
  out.counts = count(what.campaign);
  return out;
}

result<attempt_advanced> memory_database::advance(const change::advance_attempt& what) {
  auto found = attempts.find(what.attempt);
  if (found == attempts.end())
    return fail(errc::not_found, "no such attempt");
  auto& a = found->second;
  attempt_advanced out;
  auto rule = attempt::decide(a.state, what.on);
  if (!rule) {
    // A step that was taken before only asks how things stand.
    if (std::find(a.steps.begin(), a.steps.end(), what.on) == a.steps.end())
      return fail(rule.error());
  } else {
    log.push_back(std::string(attempt::to_string(what.on)));
    a.steps.push_back(what.on);
    a.state = rule->to;
    if (!a.sid && what.sid)
      a.sid = what.sid;
    if (what.call_state && (!what.sid || a.sid == what.sid)
        && (!a.call_state || call::judge(*a.call_state, *what.call_state) == call::change::advance))
      a.call_state = what.call_state;
    if (!what.reason.empty())
      a.reason = what.reason;
    if (what.target_step) {
      auto& t = targets.at(a.what.target);
      auto step = target::decide(t.state, *what.target_step);
      if (t.last_attempt == what.attempt && t.state == target::status::calling && step) {
        move(t, step->to);
        t.outcome = what.outcome;
        if (what.target_due_at)
          t.due_at = what.target_due_at;
        if (!what.counts) {
          --t.attempt_count;
          --tally_[t.campaign].attempts;
        }
      }
    }
  }
  out.state = a.state;
  out.bound = a.sid;
  out.call_state = a.call_state;
  out.counts = count(a.what.campaign);
  return out;
}

result<callback_recorded> memory_database::record(const change::record_callback& what) {
  auto found = attempts.find(what.attempt);
  if (found == attempts.end())
    return fail(errc::not_found, "no such attempt");
  auto& a = found->second;
  callback_recorded out;
  auto key = what.kind + ":" + (what.news ? std::string(call::to_string(*what.news)) : "") + ":"
             + (what.sequence ? std::to_string(*what.sequence) : "") + ":" + what.sid.value;
  out.fresh = a.events.insert(key).second;
  if (!a.sid)
    a.sid = what.sid;
  if (*a.sid == what.sid && what.news) {
    out.verdict = a.call_state ? call::judge(*a.call_state, *what.news) : call::change::advance;
    if (out.verdict == call::change::advance)
      a.call_state = what.news;
    if (a.answered_by.empty())
      a.answered_by = what.answered_by;
  }
  a.last_news_at = what.received_at;
  out.bound = a.sid;
  out.state = a.call_state.value_or(call::status::queued);
  out.attempt = a.state;
  return out;
}

result<talk_noted> memory_database::note(const change::note_talk& what) {
  auto found = attempts.find(what.attempt);
  if (found == attempts.end() || found->second.what.user != what.user)
    return fail(errc::not_found, "no such attempt");
  auto [place, fresh] = talks.try_emplace(what.attempt);
  auto& row = place->second;
  if (fresh) {
    row.user = what.user;
    row.begun_at = now();
  }
  for (const auto& piece : what.pieces)
    row.pieces[piece.n] = piece;
  auto next = what.now;
  next.turn = std::max(next.turn, row.now.turn);
  next.sessions = std::max(next.sessions, row.now.sessions);
  // The owner's answers are written by the owner.
  for (auto& q : next.questions)
    for (const auto& known : row.now.questions)
      if (known.n == q.n && known.now != talk::owner_question::state::open)
        q = known;
  row.now = std::move(next);
  if (found->second.answered_by.empty() && row.now.who == talk::listener::voicemail)
    found->second.answered_by = "machine_start";
  log.push_back("note");
  return talk_noted{};
}

std::optional<task::act>
memory_database::act_of(const campaign_row& c, campaign::action on) const {
  if (!c.task)
    return std::nullopt;
  if (on == campaign::action::start)
    return task::call_begun{c.brief.id};
  if (on != campaign::action::finish && on != campaign::action::cancel
      && on != campaign::action::trip)
    return std::nullopt;
  task::call_ended end{.campaign = c.brief.id, .reason = {}};
  end.canceled = on == campaign::action::cancel;
  for (const auto& [key, t] : targets)
    if (t.campaign == c.brief.id) {
      end.outcome = t.outcome;
      if (t.last_attempt) {
        end.reason = attempts.at(*t.last_attempt).reason;
        auto talk = talks.find(*t.last_attempt);
        auto reached =
          t.outcome == call::outcome::answered || t.outcome == call::outcome::voicemail;
        end.wrap_up_follows = reached && talk != talks.end() && !talk->second.wrapped;
      }
    }
  return end;
}

result<campaign_steered> memory_database::steer(const change::steer_campaign& what) {
  auto found = campaigns.find(what.campaign);
  if (found == campaigns.end() || found->second.brief.user != what.who.user)
    return fail(errc::not_found, "no such campaign");
  auto& c = found->second;
  auto window = calling_window::parse(c.brief.timezone, c.brief.start, c.brief.end, c.brief.days);
  auto reading = window ? window->read(now()) : window_reading{false, "unreadable", {}, {}};
  auto step = campaign::decide(c.brief.state, what.on, reading);
  if (!step)
    return fail(step.error());
  if (what.on == campaign::action::finish && !campaign::is_finished(count(what.campaign)))
    return fail(errc::wrong_state, "not finished");
  campaign_steered out;
  if (auto act = act_of(c, what.on); act && step->from != step->to) {
    auto moved = end_task(*c.task, *act, what.who.actor);
    // What the call came to may have ended the task before.
    auto is_wrapped = std::any_of(talks.begin(), talks.end(), [&](const auto& t) {
      return t.second.wrapped && attempts.at(t.first).what.campaign == what.campaign;
    });
    if (!moved && !is_wrapped)
      return fail(std::move(moved.error()));
    if (moved)
      out.task = std::move(*moved);
  }
  // What would pause a task's campaign ends it: nobody could resume it.
  c.brief.state = c.task && what.on == campaign::action::trip ? campaign::status::canceled : step->to;
  if (what.start_at)
    c.brief.start_at = what.start_at;
  c.pause_reason = what.reason;
  log.push_back("campaign:" + std::string(campaign::to_string(what.on)));
  out.step = *step;
  c.brief.counts = count(what.campaign);
  out.brief = c.brief;
  out.view.id = what.campaign;
  out.view.state = c.brief.state;
  return out;
}

result<store_answer> memory_database::apply(const store_change& change) {
  if (refuse && refuse(change))
    return unavailable();
  return std::visit(
    [this](const auto& what) -> result<store_answer> {
      using type = std::decay_t<decltype(what)>;
      auto wrap = [](auto answer) -> result<store_answer> {
        if (!answer)
          return fail(std::move(answer.error()));
        return store_answer{std::move(*answer)};
      };
      if constexpr (std::is_same_v<type, change::ask_permits>)
        return wrap(ask(what));
      else if constexpr (std::is_same_v<type, change::advance_attempt>)
        return wrap(advance(what));
      else if constexpr (std::is_same_v<type, change::record_callback>)
        return wrap(record(what));
      else if constexpr (std::is_same_v<type, change::steer_campaign>)
        return wrap(steer(what));
      else if constexpr (std::is_same_v<type, change::note_talk>)
        return wrap(note(what));
      else {
        auto recorded = record(what.callback);
        if (!recorded)
          return fail(std::move(recorded.error()));
        call_opened open;
        open.recorded = *recorded;
        open.campaign = attempts.at(what.callback.attempt).what.campaign;
        open.owner = campaigns.at(open.campaign).brief.state;
        return store_answer{std::move(open)};
      }
    },
    change);
}

// -- a lane -----------------------------------------------------------------------------------------

std::vector<result<store_answer>> memory_lane::commit(std::span<const store_change> changes) {
  ++db_.batches;
  db_.largest_batch = std::max(db_.largest_batch, changes.size());
  if (db_.throws > 0) {
    --db_.throws;
    throw std::runtime_error("the connection broke");
  }
  std::vector<result<store_answer>> out(changes.size(), result<store_answer>(unavailable()));
  if (dead() || db_.unwritable)
    return out;
  // Steps of campaigns first: a stop wins over a permit that came with it.
  auto order = [](const store_change& c) { return std::holds_alternative<change::steer_campaign>(c) ? 0
      : std::holds_alternative<change::ask_permits>(c) ? 2 : 1; };
  for (int rank = 0; rank < 3; ++rank)
    for (std::size_t i = 0; i < changes.size(); ++i)
      if (order(changes[i]) == rank)
        out[i] = db_.apply(changes[i]);
  if (db_.doubt > 0) {
    --db_.doubt;
    for (auto& answer : out)
      answer = unavailable();
  }
  return out;
}

call_brief memory_lane::brief_of(const memory_database::attempt_row& row) const {
  call_brief b;
  b.what = row.what;
  b.state = row.state;
  b.sid = row.sid;
  b.call_state = row.call_state;
  b.answered_by = row.answered_by;
  b.last_news_at = row.last_news_at;
  b.owner = db_.campaigns.at(row.what.campaign).brief.state;
  b.first_absent_read = row.first_absent;
  b.talked = db_.talks.contains(row.what.attempt);
  return b;
}

result<std::vector<campaign_brief>> memory_lane::active_campaigns() {
  if (dead())
    return unavailable();
  std::vector<campaign_brief> out;
  for (auto& [id, c] : db_.campaigns)
    if (c.brief.state == campaign::status::running || c.brief.state == campaign::status::scheduled) {
      c.brief.counts = db_.count(id);
      out.push_back(c.brief);
    }
  return out;
}

result<std::vector<call_brief>> memory_lane::doubtful_attempts() {
  if (dead())
    return unavailable();
  std::vector<call_brief> out;
  for (const auto& [id, a] : db_.attempts)
    if (a.state == attempt::status::intent || a.state == attempt::status::ambiguous)
      out.push_back(brief_of(a));
  return out;
}

result<std::vector<call_brief>> memory_lane::accepted_attempts(attempt_id after, std::size_t limit) {
  if (dead())
    return unavailable();
  std::vector<call_brief> out;
  for (auto it = db_.attempts.upper_bound(after); it != db_.attempts.end() && out.size() < limit; ++it)
    if (it->second.state == attempt::status::accepted)
      out.push_back(brief_of(it->second));
  return out;
}

result<call_brief> memory_lane::find_attempt(const user_id& user, const attempt_id& attempt) {
  if (dead())
    return unavailable();
  auto found = db_.attempts.find(attempt);
  if (found == db_.attempts.end() || found->second.what.user != user)
    return fail(errc::not_found, "no such attempt");
  return brief_of(found->second);
}

result<std::vector<call_sid>> memory_lane::bound_among(std::span<const call_sid> sids) {
  if (dead())
    return unavailable();
  std::vector<call_sid> out;
  for (const auto& [id, a] : db_.attempts)
    if (a.sid && std::find(sids.begin(), sids.end(), *a.sid) != sids.end())
      out.push_back(*a.sid);
  return out;
}

result<void> memory_lane::note_absent_read(const user_id&, const attempt_id& attempt, instant at) {
  if (dead() || db_.unwritable)
    return unavailable();
  auto& known = db_.attempts.at(attempt).first_absent;
  if (!known)
    known = at;
  return {};
}

result<instant> memory_lane::database_time() {
  if (dead())
    return unavailable();
  return db_.now();
}

} // namespace ringmaster::testing
