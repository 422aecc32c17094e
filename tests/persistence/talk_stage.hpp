#pragma once

#include "tests/persistence/task_stage.hpp"

namespace ringmaster::test {

/// A stage with calls that are talked on.
struct talk_stage : task_stage {
  explicit talk_stage(gate_settings gate = disclosing()) : task_stage(std::move(gate)) {}

  static gate_settings disclosing() {
    auto gate = open_gate();
    gate.disclosure = "This is an automated call.";
    return gate;
  }

  /// A call of a campaign that was answered.
  intent answered(const identity& who, const campaign_id& campaign) {
    auto dial = ask(who, campaign, 1).intents.at(0);
    auto accept = step(dial, attempt::event::accept);
    accept.sid = sid(static_cast<int>(++calls_));
    must(one<attempt_advanced>(accept));
    must(one<callback_recorded>(callback(dial, *accept.sid, call::status::in_progress, 2)));
    return dial;
  }
  /// The same, of a new campaign of one target.
  intent talking(const identity& who) {
    return answered(who, running(who, any_time(), 1, next_number_++));
  }
  /// Of a task.
  intent talking(const identity& who, const task_id& task) {
    return answered(who, begin(who, task));
  }

  void end(const intent& dial, call::outcome outcome = call::outcome::answered) {
    auto over = callback(dial, bound(dial), call::status::completed, 3);
    over.duration_seconds = 65;
    must(one<callback_recorded>(over));
    auto settle = step(dial, attempt::event::settle);
    settle.target_step =
        outcome == call::outcome::answered ? target::event::reach : target::event::give_up;
    settle.outcome = outcome;
    must(one<attempt_advanced>(settle));
  }

  static talk::segment said(
      std::int32_t n, talk::speaker who, const std::string& text,
      talk::sentiment mood = talk::sentiment::neutral) {
    return {n, who, n * 1000, n * 1000 + 900, text, mood};
  }
  static change::note_talk
  note(const intent& dial, std::vector<talk::segment> pieces, talk::memory now = {}) {
    return {dial.user, dial.attempt, std::move(pieces), std::move(now)};
  }
  /// A short talk with a dentist.
  void talk_on(const intent& dial) {
    talk::memory now;
    now.turn = 2;
    now.who = talk::listener::human;
    now.disclosed = true;
    must(one<talk_noted>(note(
        dial,
        {said(1, talk::speaker::assistant, "This is an automated call."),
         said(2, talk::speaker::human, "We have Tuesday at three, for 95 dollars"),
         said(3, talk::speaker::assistant, "That works"),
         said(4, talk::speaker::human, "Your number is A 17", talk::sentiment::positive)},
        now)));
  }
  static talk::findings found() {
    talk::findings f;
    f.summary = "Booked for Tuesday at three.";
    f.goal_achieved = talk::verdict::yes;
    f.mood = talk::sentiment::positive;
    f.who = talk::listener::human;
    f.values.push_back({"confirmation_number", talk::value_kind::text, "A17", {}, {4}, ""});
    f.values.push_back({
        "price",
        talk::value_kind::json,
        "",
        {{"currency", "USD"}, {"amount", "95.00"}},
        {2                  },
        "said twice"
    });
    f.values.push_back({"person_name", talk::value_kind::text, "", {}, {}, ""});
    return f;
  }

  // The call book, an act at a time.
  template <class Work>
  auto book(const identity& who, Work work) {
    return at_desk(who, [&](desk_work& w) { return work(w.conversations()); });
  }
  result<talk::loaded> load(const identity& who, const attempt_id& id) {
    return book(who, [&](call_book& b) { return b.load(id); });
  }
  result<talk::view> view(const identity& who, const attempt_id& id) {
    return book(who, [&](call_book& b) { return b.find(id); });
  }
  result<talk::wrapped>
  wrap(const identity& who, const attempt_id& id, const talk::findings& f, bool again = false) {
    return book(
        as_engine(who), [&](call_book& b) { return b.wrap_up(id, f, "rules", "rules-1", again); });
  }
  static talk::owner_question question(std::int32_t n) {
    talk::owner_question q;
    q.n = n;
    q.text = "They ask for 95 dollars. Is that fine?";
    q.amount = money{95'000'000, "USD"};
    return q;
  }

  call_sid bound(const intent& dial) {
    return call_sid{text(
        "select sid from ringmaster.call_sessions where id = '" + to_string(dial.attempt) + "'")};
  }
  /// Campaigns whose counters differ from a recount.
  std::int64_t miscounted() {
    return number(R"(
      select count(*) from ringmaster.campaign_progress p
        left join lateral (select count(*) filter (where t.status = 'pending') as pending,
                                  count(*) filter (where t.status = 'skipped') as skipped, count(*) as total
                             from ringmaster.targets t where t.user_id = p.user_id and t.campaign_id = p.campaign_id) t on true
       where (p.total, p.pending, p.skipped) is distinct from (t.total, t.pending, t.skipped))");
  }
  std::int64_t stored(const std::string& table, const attempt_id& id) {
    return number(
        "select count(*) from ringmaster." + table + " where attempt_id = '" + to_string(id) + "'");
  }

  std::size_t next_number_ = 0;
};

} // namespace ringmaster::test
